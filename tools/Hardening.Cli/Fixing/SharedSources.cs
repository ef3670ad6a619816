using Hardening.Cli.Projects;
using Microsoft.CodeAnalysis;

namespace Hardening.Cli.Fixing;

/// <summary>Which projects belong together, as they have source files in common: those of one project for several frameworks, and those with linked files.</summary>
internal static class SharedSources
{
    public static IReadOnlyList<IReadOnlyList<LoadedProject>> Units(Solution solution, IReadOnlyList<LoadedProject> projects)
    {
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        var units = projects.Select(project => new List<LoadedProject> { project }).ToList();
        for (var index = 0; index < projects.Count; index++)
        {
            // The project file too: two frameworks whose sources differ are still one project.
            foreach (var path in solution.GetProject(projects[index].Id)!.Documents.Where(LoadedCode.IsSource).Select(document => document.FilePath).OfType<string>().Append(projects[index].Path))
            {
                if (!owners.TryAdd(path, index) && !ReferenceEquals(units[owners[path]], units[index]))
                {
                    Merge(units, into: units[owners[path]], units[index]);
                }
            }
        }

        return [.. units.Distinct()];
    }

    private static void Merge(List<List<LoadedProject>> units, List<LoadedProject> into, List<LoadedProject> other)
    {
        into.AddRange(other);
        for (var index = 0; index < units.Count; index++)
        {
            units[index] = ReferenceEquals(units[index], other) ? into : units[index];
        }
    }
}
