using System.Text.RegularExpressions;

namespace Hardening.Benchmarks.Analyzers.Generated;

/// <summary>
/// Code that looks like an application's: modules of stores with locks, queues with workers, timers, child processes, clients, parsers and plain arithmetic, whose classes call each
/// other within and across modules. The same size gives the same text. Mistakes that the rules must find are marked, as on their pages.
/// </summary>
internal static partial class GeneratedTree
{
    /// <summary>Writes at least so many thousand lines.</summary>
    public static SourceTree Write(string folder, int kiloLines)
    {
        var lines = 0;
        for (var module = 0; lines < kiloLines * 1000; module++)
        {
            var parts = new Module(module);
            var place = Directory.CreateDirectory(Path.Combine(folder, parts.Name)).FullName;
            foreach (var (name, text) in Files(parts))
            {
                // Every module speaks of things of its own: _orders, sensor.Id.
                File.WriteAllText(Path.Combine(place, name + ".cs"), text.Replace("item", parts.Noun.ToLowerInvariant(), StringComparison.Ordinal));
                lines += text.AsSpan().Count('\n');
            }
        }

        return SourceTree.Load(folder, $"generated-{kiloLines}");
    }

    /// <summary>Which marked mistake was not found; null: all were.</summary>
    public static string? WhyNotFound(SourceTree tree, IEnumerable<Finding> findings)
    {
        var found = findings.Select(finding => (finding.Id, finding.Path, finding.Line)).ToHashSet();
        return tree.Files
            .SelectMany(path => File.ReadLines(path).Select((line, i) => (Mark: Mark().Match(line), Path: path, Line: i + 1)))
            .Where(place => place.Mark.Success && !found.Contains((place.Mark.Groups["id"].Value, place.Path, place.Line)))
            .Select(place => $"{place.Mark.Groups["id"].Value} is not reported at {place.Path}:{place.Line}")
            .FirstOrDefault();
    }

    private static IEnumerable<(string Name, string Text)> Files(Module module) =>
    [
        ("Model", PlainShapes.Model(module)),
        ("Calculator", PlainShapes.Calculator(module)),
        ("Reader", PlainShapes.Reader(module)),
        ("Store", SharedStateShapes.Store(module)),
        ("Journal", SharedStateShapes.Journal(module)),
        ("Cache", SharedStateShapes.Cache(module)),
        ("Pump", WorkShapes.Pump(module)),
        ("Feed", WorkShapes.Feed(module)),
        ("Poller", WorkShapes.Poller(module)),
        ("Runner", OutsideShapes.Runner(module)),
        ("Client", OutsideShapes.Client(module)),
        ("Service", OutsideShapes.Service(module)),
        ("Legacy", OutsideShapes.Legacy(module)),
    ];

    [GeneratedRegex(@"// (?<id>HRD\d{4})$")]
    private static partial Regex Mark();
}
