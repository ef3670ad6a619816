using Hardening.Cli.Projects;

namespace Hardening.Cli.Fixing;

/// <summary>
/// Writes a plan to disk and has the SDK build it again. All units at once first, as a rule they build; otherwise one after the other, and those that do not build are put back.
/// Whatever ends this before the build says yes, puts all back.
/// </summary>
internal sealed class FixWriter(string target, LoadedCode before, ProjectLoader loader, Action<string> progress)
{
    private readonly HashSet<(string, string?)> _built = [.. before.Projects.Where(project => project.Mode == LoadMode.Built).Select(project => (project.Path, project.Framework))];

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
        using var swap = new FileSwap();
        swap.Write([.. units.SelectMany(unit => unit.Files)]);
        progress($"building {string.Join(", ", units.Select(unit => unit.Name))} as changed");
        using var after = await loader.LoadAsync(target, progress, stop);
        var error = after.Projects.Where(project => project.Mode != LoadMode.Built && _built.Any(built => built.Item1 == project.Path)).Select(project => string.Join(" ", project.Notes)).FirstOrDefault()
            ?? _built.Where(built => !after.Projects.Any(project => (project.Path, project.Framework) == built)).Select(built =>
                after.Projects.Where(project => project.Path == built.Item1).SelectMany(project => project.Notes).FirstOrDefault() ?? $"{Path.GetFileNameWithoutExtension(built.Item1)} is not built any more").FirstOrDefault();
        if (error is null)
        {
            swap.Keep();
        }

        return error;
    }
}
