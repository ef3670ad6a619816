using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>A thread in the last second.</summary>
internal sealed record PictureThread(int Id, string Name, double User, double System, double Running, double Waiting, double Switches, char State, string Waits);

/// <summary>What a view shows: the last second of a process. Shares are of one processor.</summary>
internal sealed record WatchPicture
{
    private const double Tick = 0.01;
    private const double Nano = 1e-9;
    private const double Micro = 1e-6;

    public required TimeSpan Elapsed { get; init; }

    public double User { get; init; }

    public double System { get; init; }

    /// <summary>Threads that were ready without a processor, on average.</summary>
    public double Waiting { get; init; }

    public double Switches { get; init; }

    public double Faults { get; init; }

    public int ThreadCount { get; init; }

    public int Runnable { get; init; }

    public int Uninterruptible { get; init; }

    public int Children { get; init; }

    public double ChildrenUse { get; init; }

    public double HostUse { get; init; }

    public int HostRunnable { get; init; }

    /// <summary>Pressure: shares of the time in which some task of the host waited.</summary>
    public double ProcessorPressure { get; init; }

    public double MemoryPressure { get; init; }

    public double IoPressure { get; init; }

    public double Throttled { get; init; }

    public RuntimeSample Runtime { get; init; }

    public double Paused { get; init; }

    public double Contentions { get; init; }

    /// <summary>Those that use or lack processors most come first.</summary>
    public IReadOnlyList<PictureThread> Threads { get; init; } = [];

    public static WatchPicture Of(TimeSpan elapsed, IReadOnlyList<WindowSample> samples, IReadOnlyList<string> channels, IReadOnlyDictionary<int, string> names)
    {
        var seconds = Math.Max(1e-9, samples.Sum(sample => sample.Sample.Interval) * Nano);
        if (samples.Count == 0)
        {
            return new WatchPicture { Elapsed = elapsed };
        }

        var last = samples[^1].Sample;
        var rows = samples.SelectMany(sample => sample.Threads).ToArray();
        double Sum(Func<Sample, long> growth) => samples.Sum(sample => growth(sample.Sample)) / seconds;
        return new WatchPicture
        {
            Elapsed = elapsed,
            User = Sum(sample => sample.Process.UserTicks) * Tick,
            System = Sum(sample => sample.Process.SystemTicks) * Tick,
            Waiting = Sum(sample => sample.Process.RunDelay) * Nano,
            Switches = rows.Sum(row => row.VoluntarySwitches + row.InvoluntarySwitches) / seconds,
            Faults = Sum(sample => sample.Process.MinorFaults + sample.Process.MajorFaults),
            ThreadCount = last.Process.Threads,
            Runnable = last.Process.Runnable,
            Uninterruptible = last.Process.Uninterruptible,
            Children = last.Process.Children,
            ChildrenUse = Sum(sample => sample.Process.ChildrenTicks + sample.Process.EndedChildrenTicks) * Tick,
            HostUse = Sum(sample => sample.Host.UserTicks + sample.Host.SystemTicks) * Tick,
            HostRunnable = last.Host.Runnable,
            ProcessorPressure = Sum(sample => sample.Host.ProcessorPressure) * Micro,
            MemoryPressure = Sum(sample => sample.Host.MemoryPressure) * Micro,
            IoPressure = Sum(sample => sample.Host.IoPressure) * Micro,
            Throttled = Sum(sample => sample.Host.Throttled) * Nano,
            Runtime = last.Runtime,
            Paused = Sum(sample => sample.Runtime.GcPause) * Nano,
            Contentions = Sum(sample => sample.Runtime.Contentions),
            Threads =
            [
                .. rows.GroupBy(row => row.ThreadId).Select(thread => (Rows: thread, Last: thread.Last()))
                    .Select(thread => new PictureThread(
                        thread.Rows.Key, names.GetValueOrDefault(thread.Rows.Key) is { } name ? TargetFinder.Plain(name) : "",
                        thread.Rows.Sum(row => row.UserTicks) * Tick / seconds, thread.Rows.Sum(row => row.SystemTicks) * Tick / seconds, thread.Rows.Sum(row => row.RunTime) * Nano / seconds, thread.Rows.Sum(row => row.RunDelay) * Nano / seconds,
                        thread.Rows.Sum(row => row.VoluntarySwitches + row.InvoluntarySwitches) / seconds, thread.Last.State, thread.Last.State == 'R' ? "" : ThreadLedger.Waits(thread.Last, channels)))
                    .OrderByDescending(thread => thread.Running + thread.Waiting).ThenByDescending(thread => thread.Switches).ThenBy(thread => thread.Id),
            ],
        };
    }
}
