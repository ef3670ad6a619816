using System.Text.Json;
using System.Text.RegularExpressions;
using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Comparison;

/// <summary>A package of others.</summary>
/// <param name="Name">How the page calls it.</param>
/// <param name="Package">Its id.</param>
/// <param name="Ids">What its rules are called.</param>
internal sealed record Peer(string Name, string Package, Regex Ids);

/// <summary>All rules of all packages, those included that are off by default.</summary>
internal sealed partial class PeerRules(CSharpCompiler compiler, RuleSet all, IReadOnlyDictionary<string, string> titles, string scratch)
{
    public static IReadOnlyList<Peer> Peers { get; } =
    [
        new("NetAnalyzers", "Microsoft.CodeAnalysis.NetAnalyzers", Ca()),
        new("VS-Threading", "Microsoft.VisualStudio.Threading.Analyzers", Vsthrd()),
        new("Meziantou", "Meziantou.Analyzer", Ma()),
        new("Roslynator", "Roslynator.Analyzers", Rcs()),
        new("Sonar", "SonarAnalyzer.CSharp", S()),
        new("IDisposableAnalyzers", "IDisposableAnalyzers", Idisp()),
        new("AsyncFixer", "AsyncFixer", AsyncFixer()),
    ];

    /// <summary>What each rule of others says of itself, by id.</summary>
    public IReadOnlyDictionary<string, string> Titles => titles;

    public static Peer? Of(string id) => Peers.FirstOrDefault(peer => peer.Ids.IsMatch(id));

    /// <summary>Turns every rule on: the compiler's log of an empty file names all that the packages have.</summary>
    public static async Task<PeerRules> LoadAsync(CSharpCompiler compiler, IReadOnlyList<RuleSet> packages, string scratch, CancellationToken stop)
    {
        var all = new RuleSet("all", "", [.. packages.SelectMany(package => package.Assemblies)], [.. packages.SelectMany(package => package.AdditionalFiles)], []);
        var (log, _) = await CompileAsync(compiler, all, [("Empty.cs", "")], "empty", scratch, stop);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(log, stop));
        var titles = document.RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()
            .Select(rule => (Id: rule.GetProperty("id").GetString()!, Title: rule.TryGetProperty("shortDescription", out var text) ? text.GetProperty("text").GetString()! : ""))
            .Where(rule => Of(rule.Id) is not null)
            .DistinctBy(rule => rule.Id)
            .ToDictionary(rule => rule.Id, rule => rule.Title);
        return new PeerRules(compiler, all.WithoutErrors(titles.Keys, scratch), titles, scratch);
    }

    /// <summary>What they report on an example. An example that does not compile is an error: it would hide what they know.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(RuleExample example, string name, CancellationToken stop)
    {
        var (log, result) = await CompileAsync(
            compiler, all, [("Example.cs", example.Code), .. example.Declarations.Index().Select(text => ($"Declarations{text.Index}.cs", text.Item))], name, scratch, stop);
        var findings = Findings.Read(log);
        if (Findings.WhyBroken(findings) is { } broken)
        {
            throw new BenchmarkException($"a rule of others does not work on the example of {name}, so it cannot be compared: {broken}: {result.Output}");
        }

        return findings.FirstOrDefault(finding => finding.Id.StartsWith("CS", StringComparison.Ordinal) && finding.IsError) is { } error
            ? throw new BenchmarkException($"the example of {name} does not compile, {error.Id} in line {error.Line}: {result.Output}")
            : [.. findings.Where(finding => Path.GetFileName(finding.Path) == "Example.cs" && Of(finding.Id) is not null)];
    }

    private static async Task<(string Log, ChildResult Result)> CompileAsync(
        CSharpCompiler compiler, RuleSet rules, IEnumerable<(string Name, string Code)> files, string name, string scratch, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, name)).FullName;
        var isProgram = false;
        foreach (var (file, code) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, file), code, stop);
            isProgram |= TopLevel().IsMatch(code);
        }

        var log = Path.Combine(scratch, name + ".sarif");
        var result = await compiler.CompileAsync(
            SourceTree.Load(folder, name), rules, [$"/errorlog:{log},version=2.1", "/nullable:enable", isProgram ? "/target:exe" : "/target:library"], stop);
        return File.Exists(log) ? (log, result) : throw new BenchmarkException($"the compiler wrote no log for {name}: {result.Output}{result.Errors}");
    }

    // A statement of the file itself: the types and namespaces begin with a word of their own.
    [GeneratedRegex(@"^(?!using [A-Z]|using static|namespace|public|internal|file|sealed|static|abstract|partial|readonly|class|struct|record|interface|enum|delegate|extern|global|\[|\s|[/#{}]|$)", RegexOptions.Multiline)]
    private static partial Regex TopLevel();

    [GeneratedRegex(@"^CA\d{4}$")]
    private static partial Regex Ca();

    [GeneratedRegex(@"^VSTHRD\d+$")]
    private static partial Regex Vsthrd();

    [GeneratedRegex(@"^MA\d{4}$")]
    private static partial Regex Ma();

    [GeneratedRegex(@"^RCS\d{4}$")]
    private static partial Regex Rcs();

    [GeneratedRegex(@"^S\d{3,4}$")]
    private static partial Regex S();

    [GeneratedRegex(@"^IDISP\d+$")]
    private static partial Regex Idisp();

    [GeneratedRegex(@"^AsyncFixer\d+$")]
    private static partial Regex AsyncFixer();
}
