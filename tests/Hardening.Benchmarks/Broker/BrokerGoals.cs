using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Broker;

/// <summary>What fifty cameras of 15 frames a second ask of one broker, when each frame is one job: its result, not its pixels.</summary>
internal static class BrokerGoals
{
    private const double JobsASecond = 50 * 15;
    private const double FramePeriod = 1e6 / 15; // µs
    private const int Callers = 16;

    public static IReadOnlyList<Goal> Of(IReadOnlyList<BrokerFigures> figures)
    {
        var ways = figures.Where(row => row is { Way: BrokerWay.Broker, Payload: BrokerPayload.Kibibyte }).ToList();
        if (ways.Count == 0)
        {
            return [];
        }

        List<Goal> goals = [new Goal("jobs of 1 KiB through the broker a second: twice those of 50 cameras", 2 * JobsASecond, ways.Max(row => row.JobsPerSecond), "#,0", IsLeast: true)];
        if (ways.Find(row => row is { Callers: Callers, Prefetch: BrokerCases.UsualPrefetch }) is { } usual)
        {
            goals.Add(new Goal($"one of them, {Callers} callers, p99: a frame's period", FramePeriod, usual.P99, "#,0 µs"));
        }

        return goals;
    }
}
