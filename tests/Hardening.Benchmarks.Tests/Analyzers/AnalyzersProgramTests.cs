using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hardening.Benchmarks.Tests.Analyzers;

/// <summary>The program as people run it. Its figures mean nothing here; that it runs, and finds what it must, does.</summary>
[CancelAfter(600_000)]
public sealed partial class AnalyzersProgramTests
{
    private static readonly string[] Peers = ["AsyncFixer", "IDisposableAnalyzers", "Meziantou.Analyzer", "Microsoft.VisualStudio.Threading.Analyzers", "Roslynator.Analyzers", "SonarAnalyzer.CSharp"];

    private readonly string _json = Path.Combine(Path.GetTempPath(), $"hardening-benchmarks-{Guid.NewGuid():N}.json");

    [TearDown]
    public void Delete() => File.Delete(_json);

    [Test]
    public async Task Compares_with_a_bare_compile_and_with_every_peer(CancellationToken stop)
    {
        var result = await BenchmarksProgram.RunAsync(["analyzers", "--short", "--json", _json], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.Match(@"│ bare +│ +│ +[\d.]+ │ +1\.00 │").And.Match(@"│ Hardening +│ this build").And.Match(@"│ HRD1001 "));
        foreach (var peer in Peers)
        {
            Assert.That(result.Output, Does.Match($@"(│ |missing: ){Regex.Escape(peer)} "));
        }

        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(LastLine()));
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_json, stop));
        var costs = document.RootElement.GetProperty("figures").GetProperty("costs").EnumerateArray().ToList();
        Assert.That(costs.Take(2).Select(cost => cost.GetProperty("name").GetString()), Is.EqualTo(new[] { "bare", "Hardening" }));
        Assert.That(costs.Select(cost => cost.GetProperty("seconds").GetDouble()), Has.All.GreaterThan(0));
        Assert.That(costs[1].GetProperty("diagnostics").GetInt32(), Is.GreaterThan(0));
    }

    [Test]
    public async Task Compiles_in_a_build_server_and_ends_it(CancellationToken stop)
    {
        var result = await BenchmarksProgram.RunAsync(["analyzers", "--short", "--growth", "--server"], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.StartWith("not counted:"));
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(LastLine()));
    }

    [Test]
    public async Task Tells_the_time_per_line_of_growing_code(CancellationToken stop)
    {
        var result = await BenchmarksProgram.RunAsync(["analyzers", "--short", "--growth"], stop);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Errors);
        Assert.That(result.Output, Does.Contain("ms per kLOC").And.Match(@"│ HRD1003 "));
        Assert.That(result.Output.TrimEnd().Split('\n')[^1], Does.Match(LastLine()));
    }

    [Test]
    public async Task Says_so_when_a_tree_does_not_compile(CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("hardening-broken-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "C.cs"), "class C : Missing { }", stop);
        var result = await BenchmarksProgram.RunAsync(["analyzers", "--short", "--tree", folder], stop);
        Directory.Delete(folder, recursive: true);
        Assert.That(result.ExitCode, Is.EqualTo(2), result.Output);
        Assert.That(result.Errors, Does.StartWith("benchmarks: the tree does not compile: ").And.Contain("CS0246"));
    }

    [TestCase("--tree must be a folder of C# files, but '/no/such/folder' does not exist", "analyzers", "--tree", "/no/such/folder")]
    [TestCase("--rounds must be 1 to 100", "analyzers", "--rounds", "0")]
    [TestCase("--growth measures generated code", "analyzers", "--growth", "--tree", "/")]
    [TestCase("Required command was not provided")]
    public async Task Bad_input_is_told_on_one_line(string problem, params string[] arguments)
    {
        var result = await BenchmarksProgram.RunAsync(arguments, CancellationToken.None);
        Assert.That(result.ExitCode, Is.EqualTo(2));
        Assert.That(result.Errors, Does.StartWith($"benchmarks: {problem}"));
        Assert.That(result.Errors.TrimEnd(), Does.Not.Contain('\n'));
    }

    [GeneratedRegex(@"^\d+ goals? met, \d+ missed$")]
    private static partial Regex LastLine();
}
