namespace Hardening.Benchmarks.Pool;

/// <summary>What the jobs are like, and how many are under way.</summary>
/// <param name="Key">Its name in figures, and on the command line of those who are measured.</param>
/// <param name="Title">What a reader is told.</param>
/// <param name="IsLatency">Whether one job at a time is measured, in microseconds; else jobs a second.</param>
/// <param name="IsBusy">Whether all cores have other work meanwhile.</param>
/// <param name="Extra">What else is told of it.</param>
internal sealed record PoolScenario(string Key, string Title, bool IsLatency = false, bool IsBusy = false, string? Extra = null)
{
    public static readonly PoolScenario Echo = new("echo", "100 bytes there and back, each a job of its own: jobs/s");
    public static readonly PoolScenario Batch = new("batch", "100 bytes there and back, mapped: the pool may send many at once; jobs/s");
    public static readonly PoolScenario Turn = new("turn", "100 bytes there and back, one at a time, the machine quiet: µs", IsLatency: true);
    public static readonly PoolScenario BusyTurn = new("turn", "100 bytes there and back, one at a time, all cores busy with other work: µs", IsLatency: true, IsBusy: true);
    public static readonly PoolScenario Frames = new("frames", "frames of 1,228,800 bytes, every byte read by the worker: jobs/s");
    public static readonly PoolScenario FrameTurn = new("frameturn", "the same, one at a time: µs", IsLatency: true);
    public static readonly PoolScenario HandOver = new("handover", "frames of 1,228,800 bytes, handed over and not read: jobs/s");
    public static readonly PoolScenario HandOverTurn = new("handoverturn", "the same, one at a time: µs", IsLatency: true);
    public static readonly PoolScenario Death = new("death", "a worker is killed (SIGKILL) in a job: µs until its caller has the exception", IsLatency: true, Extra: "then, until the spare answers");
    public static readonly PoolScenario Idle = new("idle", "8 workers and a spare that have nothing to do: µs of CPU time a second, of all processes", IsLatency: true);
    public static readonly PoolScenario Allocation = new("allocation", "100 bytes there and back, one worker: managed memory; jobs/s");

    public static readonly List<PoolScenario> All = [Echo, Batch, Turn, BusyTurn, Frames, FrameTurn, HandOver, HandOverTurn, Death, Idle, Allocation];

    /// <summary>Its name in the figures.</summary>
    public string Name => IsBusy ? $"{Key}, busy" : Key;
}
