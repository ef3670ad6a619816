using System.Globalization;
using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Cli.Fixing;

/// <summary>
/// The code as the fixes so far have made it, in memory. A file that several projects have, or one project for several frameworks, changes in all of them. A change that the compiler
/// refuses in any of them is not taken.
/// </summary>
internal sealed class CodeState(Solution loaded, IReadOnlySet<ProjectId> members, string within)
{
    private readonly Solution _original = loaded;
    private readonly Dictionary<ProjectId, Dictionary<string, int>> _errors = [];
    private readonly Dictionary<string, SortedSet<string>> _rules = new(StringComparer.Ordinal);

    public Solution Solution { get; private set; } = loaded;

    /// <summary>Files whose text is another than before.</summary>
    public IEnumerable<PlannedFile> ChangedFiles()
    {
        foreach (var (path, rules) in _rules.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var id = _original.GetDocumentIdsWithFilePath(path).First(id => members.Contains(id.ProjectId));
            var (old, changed) = (Text(_original, id), Text(Solution, id));
            if (!old.ContentEquals(changed))
            {
                yield return new PlannedFile(path, old, changed, rules);
            }
        }
    }

    /// <summary>Takes what a fix made of the code.</summary>
    /// <returns>What changed; or why it was not taken.</returns>
    public async Task<(IReadOnlyList<(string Path, SourceText Old, SourceText New)> Changes, string? Why)> TakeAsync(string rule, Solution changed, CancellationToken stop)
    {
        var next = Solution;
        List<(string Path, SourceText Old, SourceText New)> changes = [];
        foreach (var project in changed.GetChanges(Solution).GetProjectChanges())
        {
            if (project.GetAddedDocuments().Any() || project.GetRemovedDocuments().Any() || project.GetAddedProjectReferences().Any() || project.GetAddedMetadataReferences().Any())
            {
                return ([], "it adds or removes files");
            }

            foreach (var id in project.GetChangedDocuments())
            {
                var (before, after) = (Solution.GetDocument(id)!, changed.GetDocument(id)!);
                var (old, text) = (await before.GetTextAsync(stop), await after.GetTextAsync(stop));
                text = LineEnds.Like(old, text);
                if (old.ContentEquals(text))
                {
                    continue;
                }

                if (before.FilePath is not { } path || !LoadedCode.IsSource(before) || !path.StartsWith(within + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    return ([], $"it changes {before.FilePath ?? before.Name}, which is not in {within} or not written by hand");
                }

                next = next.GetDocumentIdsWithFilePath(path).Aggregate(next, (solution, same) => solution.WithDocumentText(same, text));
                changes.Add((path, old, text));
            }
        }

        if (changes.Count > 0 && await NewErrorAsync(next, [.. changes.Select(change => change.Path)], stop) is { } error)
        {
            return ([], error);
        }

        Solution = next;
        foreach (var (path, _, _) in changes)
        {
            (_rules.TryGetValue(path, out var rules) ? rules : _rules[path] = new SortedSet<string>(StringComparer.Ordinal)).Add(rule);
        }

        return (changes, null);
    }

    private async Task<string?> NewErrorAsync(Solution next, IReadOnlyCollection<string> paths, CancellationToken stop)
    {
        foreach (var id in paths.SelectMany(path => next.GetDocumentIdsWithFilePath(path)).Select(id => id.ProjectId).Distinct().Where(members.Contains))
        {
            // Measured on the code as it was loaded: what was taken since has added none.
            if (!_errors.TryGetValue(id, out var before))
            {
                before = _errors[id] = (await ErrorsAsync(_original, id, stop)).GroupBy(Key).ToDictionary(same => same.Key, same => same.Count(), StringComparer.Ordinal);
            }

            foreach (var same in (await ErrorsAsync(next, id, stop)).GroupBy(Key))
            {
                if (same.Count() > before.GetValueOrDefault(same.Key))
                {
                    var error = same.Last();
                    var place = error.Location.GetLineSpan();
                    return $"{Path.GetFileName(place.Path)}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): {error.Id}: {error.GetMessage(CultureInfo.InvariantCulture)}";
                }
            }
        }

        return null;
    }

    private static async Task<IEnumerable<Diagnostic>> ErrorsAsync(Solution solution, ProjectId id, CancellationToken stop) =>
        (await solution.GetProject(id)!.GetCompilationAsync(stop))!.GetDiagnostics(stop).Where(diagnostic => diagnostic is { Severity: DiagnosticSeverity.Error, IsSuppressed: false });

    // Lines move.
    private static string Key(Diagnostic diagnostic) => $"{diagnostic.Id} {diagnostic.Location.SourceTree?.FilePath} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";

    // It was read before: it is compared, and written.
    private static SourceText Text(Solution solution, DocumentId id) =>
        solution.GetDocument(id)!.TryGetText(out var text) ? text : throw new InvalidOperationException($"the text of {id} is not there any more");
}
