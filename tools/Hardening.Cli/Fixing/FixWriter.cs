using Hardening.Cli.Projects;

namespace Hardening.Cli.Fixing;

/// <summary>
/// Writes a plan to disk and has the SDK build it again. All units at once first, as a rule they build; otherwise one after the other, and those that do not build are put back.
/// Whatever ends this before the build says yes, puts all back.
/// </summary>
/// <param name="before">The code as it was loaded: what was built then must be built afterwards.</param>
/// <param name="load">Builds and loads the same again.</param>
/// <param name="progress">Told in one line what is going on.</param>
internal sealed class FixWriter(LoadedCode before, Func<CancellationToken, Task<LoadedCode>> load, Action<string> progress)
{
    private readonly HashSet<(string Path, string? Framework)> _built = [.. before.Projects.Where(project => project.Mode == LoadMode.Built).Select(project => (project.Path, project.Framework))];

    /// <returns>The units that were put back, each with the error.</returns>
    public async Task<IReadOnlyList<(PlannedUnit Unit, string Error)>> WriteAsync(FixPlan plan, CancellationToken stop)
    {
        var units = plan.Units.Where(unit => unit.Files.Count > 0).ToList();
        if (units.Count == 0)
        {
            return [];
        }

        if (await TryAsync(units, stop) is not { } error)
        {
            return [];
        }

        if (units is [var only])
        {
            return [(only, error)];
        }

        progress("the changed code does not build: its projects are tried one after the other");
        List<(PlannedUnit, string)> refused = [];
        foreach (var unit in units)
        {
            if (await TryAsync([unit], stop) is { } own)
            {
                refused.Add((unit, own));
            }
        }

        return refused;
    }

    /// <returns>Null where it was written and builds; else the error, and it was put back.</returns>
    private async Task<string?> TryAsync(IReadOnlyList<PlannedUnit> units, CancellationToken stop)
    {
        var swap = new FileSwap();
        try
        {
            swap.Write([.. units.SelectMany(unit => unit.Files)]);
            progress($"building {string.Join(", ", units.Select(unit => unit.Name))} as changed");
            using var after = await load(stop);
            stop.ThrowIfCancellationRequested();
            if (ErrorOf(after) is not { } error)
            {
                return null;
            }

            swap.PutBack();
            return error;
        }
        catch
        {
            swap.PutBack();
            throw;
        }
    }

    private string? ErrorOf(LoadedCode after)
    {
        var builds = after.Projects.Where(project => project.Mode == LoadMode.Built).Select(project => (project.Path, project.Framework)).ToHashSet();
        var missing = _built.Where(built => !builds.Contains(built)).ToList();
        // A project that only waits for another one's end says less than that one.
        var told = missing.SelectMany(built => after.Projects.Where(project => project.Path == built.Path).SelectMany(project => project.Notes)).OrderBy(note => note.Contains(": a project that it refers to", StringComparison.Ordinal)).ToList();
        return missing.Count == 0 ? null : told.FirstOrDefault() ?? $"{Path.GetFileNameWithoutExtension(missing[0].Path)} is not built any more";
    }
}
