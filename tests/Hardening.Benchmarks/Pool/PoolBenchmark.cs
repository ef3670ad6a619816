using System.CommandLine;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Pool;

/// <summary>What jobs in other processes cost: in our pool, in the pools that people use instead, and in the transport and memory alone.</summary>
internal sealed class PoolBenchmark : Benchmark
{
    private const double ShortSeconds = 0.1;
    private const double UsualSeconds = 1.5;
    private const int UsualRounds = 5;

    // With all peers installed there are some ninety measurements: of a short run, those of ours are the point.
    private static readonly TimeSpan ShortPeersUntil = TimeSpan.FromSeconds(25);

    private readonly Option<string[]> _pythons = new("--python") { Description = "A Python interpreter whose pools are peers; may be given several times. Default: python2.7 and python3.", HelpName = "FILE" };
    private readonly Option<DirectoryInfo?> _modules = new("--node-modules") { Description = "Where piscina is installed, outside of the repository. Default: the environment variable NODE_PATH.", HelpName = "DIRECTORY" };
    private readonly Option<string?> _only = new("--only") { Description = "Measures one scenario alone: echo, batch, turn, frames, frameturn, handover, handoverturn, death, idle or allocation.", HelpName = "SCENARIO" };
    private readonly Option<bool> _withoutPeers = new("--without-peers") { Description = "Measures ours and the floors alone." };
    private readonly TimeProvider _time;
    private readonly List<string> _wrong = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _remarks = [];

    public PoolBenchmark(TimeProvider time)
        : base("pool", "What jobs in other processes cost, beside other pools and the transport alone; what a worker's death costs, and an idle pool.", time)
    {
        _time = time;
        Command.Add(_pythons);
        Command.Add(_modules);
        Command.Add(_only);
        Command.Add(_withoutPeers);
    }

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("process pools run on Linux alone", isBadInput: true);
        }

        _remarks.Add($"load average before: {(await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0]}, on {Environment.ProcessorCount} cores");
        var runs = new PoolRuns(_time, settings.Short ? ShortSeconds : UsualSeconds, settings.Short ? ShortPeersUntil : TimeSpan.MaxValue, _missing, _wrong);
        var contenders = await ContendersAsync(arguments, stop);
        await Rounds.MeasureAsync([.. contenders.Select(runs.Of)], settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 0, settings.Progress, stop);
        var figures = runs.Figures();
        return new Report("pool", figures, PoolTables.Of(figures), PoolGoals.Of(figures), _missing, _remarks, _wrong);
    }

    private async Task<List<PoolContender>> ContendersAsync(ParseResult arguments, CancellationToken stop)
    {
        var only = arguments.GetValue(_only);
        if (only is not null && !PoolScenario.All.Exists(scenario => scenario.Key == only))
        {
            throw new BenchmarkException($"there is no scenario '{only}': take one of {string.Join(", ", PoolScenario.All.Select(scenario => scenario.Key).Distinct())}", isBadInput: true);
        }

        List<PoolContender> all = [.. PoolContenders.Floors(), .. PoolContenders.Ours()];
        if (!arguments.GetValue(_withoutPeers))
        {
            var scripts = new PeerScripts(_time, arguments.GetValue(_modules)?.FullName, _missing);
            foreach (var interpreter in arguments.GetValue(_pythons) is { Length: > 0 } given ? given : ["python2.7", "python3"])
            {
                var (name, pools) = await scripts.PythonAsync(interpreter, PoolContenders.Workers, stop);
                all.AddRange(name is null ? [] : [.. PoolContenders.OurPython(interpreter, name), .. pools]);
            }

            all.AddRange((await scripts.NodeAsync(PoolContenders.Workers, stop)).Contenders);
            all.AddRange(PoolContenders.HandMade());
        }

        // One scenario after the other in each round: who is compared runs close together.
        return [.. all.Where(contender => only is null || contender.Scenario.Key == only).OrderBy(contender => PoolScenario.All.IndexOf(contender.Scenario))];
    }
}
