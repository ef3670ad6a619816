using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Pool;

/// <summary>What is wanted of ours. What a run has not measured is no goal of it.</summary>
internal sealed class PoolGoals(IReadOnlyList<PoolFigures> figures)
{
    private const double OverExecutor = 20;
    private const double OverBest = 1.5;
    private const double QuietTurn = 20; // µs
    private const double BusyTurn = 10;
    private const double OverFloor = 2;
    private const double FramesASecond = 20_000;
    private const double Noticed = 500; // µs
    private const double Replaced = 1000;
    private const double IdleCpu = 500; // µs a second: half a thousandth of a core
    private const double Bytes = 0.5; // a job: what rounds to none

    public static IReadOnlyList<Goal> Of(IReadOnlyList<PoolFigures> figures) => [.. new PoolGoals(figures).All().OfType<Goal>()];

    private IEnumerable<Goal?> All()
    {
        // Pools that get a list have all of it at hand; those that people call from .NET and Node had 8 jobs under way.
        yield return Gain("each job sent by itself, many at hand: beside ProcessPoolExecutor", PoolScenario.Echo, PoolContenders.Many, OverExecutor, peer => peer.Name.StartsWith("ProcessPoolExecutor.submit", StringComparison.Ordinal));
        yield return Gain("each job sent by itself, many at hand: beside the best peer", PoolScenario.Echo, PoolContenders.Many, OverBest, HasList);
        yield return Gain("each job sent by itself, 8 callers: beside the best peer", PoolScenario.Echo, PoolContenders.Awaited, OverBest, peer => !HasList(peer));
        yield return Gain("mapped: beside multiprocessing.Pool.map", PoolScenario.Batch, PoolContenders.Mapped, 1, peer => peer.Name.StartsWith("mp.Pool", StringComparison.Ordinal));
        foreach (var (scenario, limit) in new[] { (PoolScenario.Turn, QuietTurn), (PoolScenario.BusyTurn, BusyTurn) })
        {
            yield return AtMost($"one at a time, {(scenario.IsBusy ? "busy" : "quiet")}: the median", scenario, limit, "0.0 µs", row => row.Value);
            yield return Floor(scenario) is { } floor ? AtMost($"one at a time, {(scenario.IsBusy ? "busy" : "quiet")}: beside the transport alone", scenario, OverFloor, "0.00 x", row => row.RatioTo(floor)) : null;
        }

        yield return Ours(PoolScenario.Frames) is { } frames ? new Goal("frames read, jobs a second", FramesASecond, frames.Value, "#,0", IsLeast: true) : null;
        yield return Ours(PoolScenario.HandOver) is { } handed ? new Goal("frames handed over, jobs a second", FramesASecond, handed.Value, "#,0", IsLeast: true) : null;
        yield return AtMost("a worker's death: until its caller knows, the median", PoolScenario.Death, Noticed, "0 µs", row => row.Value);
        yield return Floor(PoolScenario.Death) is { } told ? AtMost("a worker's death: the same, from when the system tells of it", PoolScenario.Death, Noticed, "0 µs", row => row.Value - told.Value) : null;
        yield return AtMost("a worker's death: then, until the spare answers", PoolScenario.Death, Replaced, "0 µs", row => row.Extra ?? double.NaN);
        yield return Floor(PoolScenario.Idle) is { } alone ? AtMost("an idle pool of 8: CPU time a second more than without it", PoolScenario.Idle, IdleCpu, "0 µs", row => row.Value - alone.Value) : null;
        foreach (var row in figures.Where(row => row.Scenario == PoolScenario.Allocation.Name))
        {
            yield return new Goal($"managed bytes a job, {row.Name}", Bytes, row.Allocated ?? double.NaN, "0.00");
            yield return row.WorkerAllocated is { } worker ? new Goal($"managed bytes a job in the worker, {row.Name}", Bytes, worker, "0.00") : null;
        }
    }

    // The best of those who are meant: how much better ours is than each, and of that the least.
    private Goal? Gain(string name, PoolScenario scenario, string who, double limit, Func<PoolFigures, bool> isMeant)
    {
        var peers = figures.Where(row => row.Scenario == scenario.Name && row.Kind == ContenderKind.Peer && isMeant(row)).ToList();
        return figures.FirstOrDefault(row => row.Scenario == scenario.Name && row.Name == who) is { } ours && peers.Count > 0 ? new Goal(name, limit, peers.Min(ours.GainOver), "0.00 x", IsLeast: true) : null;
    }

    private static bool HasList(PoolFigures peer) => peer.Name.Contains("Python", StringComparison.Ordinal);

    private Goal? AtMost(string name, PoolScenario scenario, double limit, string format, Func<PoolFigures, double> value) =>
        Ours(scenario) is { } ours ? new Goal(name, limit, value(ours), format) : null;

    private PoolFigures? Ours(PoolScenario scenario) => figures.FirstOrDefault(row => row.Scenario == scenario.Name && row.Kind == ContenderKind.Ours);

    private PoolFigures? Floor(PoolScenario scenario) => figures.FirstOrDefault(row => row.Scenario == scenario.Name && row.Kind == ContenderKind.Floor);
}
