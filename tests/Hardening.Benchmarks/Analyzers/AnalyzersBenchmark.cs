using System.CommandLine;
using System.Globalization;
using Hardening.Benchmarks.Analyzers.Generated;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>What the rules add to a compile: beside a bare one, beside other packages, and as the code grows.</summary>
internal sealed class AnalyzersBenchmark : Benchmark
{
    // The runtime compiles what runs often a second time, and better.
    private const int ServerWarmUp = 2;

    private readonly Option<string?> _tree = new("--tree") { Description = "A folder of C# files that compile as one library against .NET and ASP.NET alone; default: generated code.", HelpName = "PATH" };
    private readonly Option<bool> _growth = new("--growth") { Description = "Measures generated code of growing size instead: does the time per line stay?" };
    private readonly Option<bool> _server = new("--server") { Description = "Compiles in one build server, after rounds that are not counted, instead of in a process for each run." };
    private readonly TimeProvider _time;

    public AnalyzersBenchmark(TimeProvider time)
        : base("analyzers", "What the rules add to a compile, beside a bare one and beside other packages.", time)
    {
        _time = time;
        Command.Add(_tree);
        Command.Add(_growth);
        Command.Add(_server);
    }

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        var path = arguments.GetValue(_tree);
        if (path is not null && arguments.GetValue(_growth))
        {
            throw new BenchmarkException("--growth measures generated code; --tree is for the comparison with other packages", isBadInput: true);
        }

        var scratch = Directory.CreateTempSubdirectory("hardening-benchmarks-").FullName;
        try
        {
            var child = new ChildProgram(_time);
            using var server = arguments.GetValue(_server) ? await CompileServer.StartAsync(stop) : null;
            var warmUp = server is null ? 0 : ServerWarmUp;
            var compiler = new CSharpCompiler(child, server, scratch);
            var rules = RuleSet.Own(scratch);
            if (arguments.GetValue(_growth))
            {
                return await new GrowthOfCost(compiler, rules, scratch).MeasureAsync(settings, warmUp, stop);
            }

            var tree = path is null
                ? GeneratedTree.Write(Path.Combine(scratch, "source"), settings.Short ? 4 : 42)
                : SourceTree.Load(Path.GetFullPath(path), Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))));
            settings.Progress.WriteLine($"{tree}; {Environment.ProcessorCount} cores; SDK {BuildFacts.Sdk}; rules {File.GetLastWriteTimeUtc(BuildFacts.Rules).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}");
            return await new CostBesidePeers(compiler, new PeerPackages(child, scratch), rules, scratch).MeasureAsync(tree, settings, warmUp, stop);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
