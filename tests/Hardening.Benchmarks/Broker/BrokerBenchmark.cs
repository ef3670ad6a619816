using System.CommandLine;
using Hardening.Benchmarks.Measuring;
using Hardening.Testing.Broker;

namespace Hardening.Benchmarks.Broker;

/// <summary>What jobs on another host cost: through a broker, beside the local pool.</summary>
internal sealed class BrokerBenchmark(TimeProvider time)
    : Benchmark("broker", "What jobs and frames cost through RabbitMQ, beside the local pool: caller, broker and host apart; throughput and latency by callers and prefetch.", time)
{
    private const double ShortSeconds = 0.3;
    private const double UsualSeconds = 2;
    private const int UsualRounds = 3;

    private static readonly TimeSpan HostLimit = TimeSpan.FromSeconds(60);

    private readonly List<string> _wrong = [];

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("process pools run on Linux alone", isBadInput: true);
        }

        var load = $"load average before: {(await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0]}, on {Environment.ProcessorCount} cores, which caller, broker and host share; the broker has one scheduler, and one node";
        if (!TestBroker.IsInstalled)
        {
            return new Report("broker", Array.Empty<BrokerFigures>(), [], [], ["the broker: there is no rabbitmq-server here (apt-get install rabbitmq-server), so nothing was measured"], [load], []);
        }

        var cases = BrokerCases.Of(settings.Short);
        await using var stage = await BrokerStage.StartAsync(BrokerCases.Prefetches(cases), HostLimit, TimeProvider.System, stop);
        var runs = new BrokerRuns(TimeProvider.System, settings.Short ? ShortSeconds : UsualSeconds, stage, _wrong);
        await Rounds.MeasureAsync([.. cases.Select(runs.Of)], settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 0, settings.Progress, stop);
        var figures = runs.Figures();
        return new Report("broker", figures, BrokerTables.Of(figures), BrokerGoals.Of(figures), [], [load, .. BrokerTables.Knees(figures)], _wrong);
    }
}
