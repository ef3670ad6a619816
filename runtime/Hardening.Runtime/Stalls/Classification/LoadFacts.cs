using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>Who used the processors in the stall: seconds, and averages of what was seen at each sample.</summary>
internal sealed class LoadFacts
{
    private const double Tick = 0.01;
    private const double Nano = 1e-9;

    // The thread that takes the samples runs while it does.
    private const double Sampler = 1;

    // The thread pool adds a thread each half second: work that waited that long found none that was free.
    private const double LongPoolDelay = 0.5;

    private readonly IReadOnlyList<StallInterval> _intervals;

    public LoadFacts(StallFacts facts)
    {
        _intervals = facts.Intervals;
        Processors = Math.Max(1, facts.Window.Processors);
        Capacity = Processors * facts.Seen;
        OwnUser = Sum(sample => sample.Process.UserTicks) * Tick;
        OwnSystem = Sum(sample => sample.Process.SystemTicks) * Tick;
        Children = Math.Min(Capacity, Sum(sample => sample.Process.ChildrenTicks + sample.Process.EndedChildrenTicks) * Tick);
        MinorFaults = Sum(sample => sample.Process.MinorFaults);
        ReadyAndWaiting = Sum(sample => sample.Process.RunDelay) * Nano;
        Steal = Sum(sample => sample.Host.StealTicks) * Tick;
        Idle = Sum(sample => sample.Host.IdleTicks + sample.Host.IoWaitTicks) * Tick;
        HostBusy = Sum(sample => sample.Host.UserTicks + sample.Host.SystemTicks) * Tick + Steal;
        Forks = Sum(sample => sample.Host.Forks);
        Throttled = Math.Min(facts.Seen, Sum(sample => sample.Host.Throttled) * Nano);
        GcPause = _intervals.Sum(interval => interval.Paused * interval.Part);
        GcSuspension = Math.Min(GcPause, Sum(sample => sample.Runtime.GcSuspension) * Nano);
        Collections = _intervals.Sum(interval => (double)interval.Sample.Sample.Runtime.Gen0 + interval.Sample.Sample.Runtime.Gen1 + interval.Sample.Sample.Runtime.Gen2);
        FullCollections = _intervals.Sum(interval => (double)interval.Sample.Sample.Runtime.Gen2);
        Contentions = Sum(sample => sample.Runtime.Contentions);
        Continued = facts.AllIntervals.Where(interval => interval.Part > 0 || interval.IsAfter(facts.Window)).Sum(interval => interval.Sample.Sample.Runtime.Continued);
        MachineSlept = Sum(sample => sample.Host.Suspended) * Nano;
        Runnable = Average(sample => sample.Process.Runnable);
        Uninterruptible = Average(sample => sample.Process.Uninterruptible);
        LiveChildren = Average(sample => sample.Process.Children);
        RunnableChildren = Average(sample => sample.Process.RunnableChildren);
        var foreign = Average(sample => Math.Max(0, sample.Host.Runnable - sample.Process.Runnable - sample.Process.RunnableChildren));

        // Children that were found late had wanted to run before as well; they were taken for others then.
        var unseen = Unseen(facts);
        var unseenRunnable = LiveChildren > 0 ? Math.Min(foreign, unseen * RunnableChildren / LiveChildren) : 0;
        LiveChildren += unseen;
        RunnableChildren += unseenRunnable;
        RunnableForeign = foreign - unseenRunnable;
        PoolDelay = _intervals.Select(interval => interval.Sample.Sample.Runtime.PoolDelay * Nano).DefaultIfEmpty().Max();
        PoolLate = Part(sample => sample.Runtime.PoolDelay * Nano > LongPoolDelay);
        Pending = _intervals.Select(interval => interval.Sample.Sample.Runtime.PendingWorkItems).DefaultIfEmpty().Max();
        PoolThreads = _intervals.Select(interval => interval.Sample.Sample.Runtime.PoolThreads).DefaultIfEmpty().Max();
        Completed = Sum(sample => sample.Runtime.CompletedWorkItems);
        Foreign = Math.Clamp(HostBusy - OwnUser - OwnSystem - Children, 0, Math.Max(0, Capacity - OwnUser - OwnSystem - Children));
    }

    public double Processors { get; }

    /// <summary>Processor seconds that there were.</summary>
    public double Capacity { get; }

    public double OwnUser { get; }

    public double OwnSystem { get; }

    public double Own => OwnUser + OwnSystem;

    public double SystemShare => Own > 0 ? OwnSystem / Own : 0;

    /// <summary>Of children that live, and of those that have ended.</summary>
    public double Children { get; }

    /// <summary>Of everybody else, on processors that this process may use, with what the hypervisor gave to others.</summary>
    public double Foreign { get; }

    public double Steal { get; }

    public double Idle { get; }

    public double HostBusy { get; }

    public double MinorFaults { get; }

    /// <summary>Of all threads of the process together.</summary>
    public double ReadyAndWaiting { get; }

    public double Throttled { get; }

    public double GcPause { get; }

    public double GcSuspension { get; }

    /// <summary>Of the intervals that the stall touches, whole.</summary>
    public double Collections { get; }

    public double FullCollections { get; }

    public double Contentions { get; }

    public double Continued { get; }

    public double MachineSlept { get; }

    public double Forks { get; }

    public double Runnable { get; }

    /// <summary>Threads of the process that want a processor, beside the stalled one and the sampler's.</summary>
    public double Wanting => Math.Max(0, Runnable - Sampler - 1);

    public double Uninterruptible { get; }

    public double LiveChildren { get; }

    public double RunnableChildren { get; }

    public double RunnableForeign { get; }

    /// <summary>The longest that work in the thread pool's queue waited.</summary>
    public double PoolDelay { get; }

    /// <summary>The share of the stall in which work in the queue had waited for long.</summary>
    public double PoolLate { get; }

    public double Pending { get; }

    public double PoolThreads { get; }

    public double Completed { get; }

    private double Sum(Func<Sample, long> growth) => _intervals.Sum(interval => interval.Grown(growth(interval.Sample.Sample)));

    // How many children lived unseen, on average.
    private double Unseen(StallFacts facts)
    {
        var seconds = 0.0;
        foreach (var interval in _intervals)
        {
            var found = interval.Sample.Sample.Process;
            if (found.FoundChildren > 0)
            {
                var sinceStart = (interval.Sample.Sample.Time - facts.Window.StallStart) * Nano;
                seconds += found.FoundChildren * Math.Clamp(found.FoundChildrenAge * Nano / found.FoundChildren, 0, Math.Max(0, sinceStart));
            }
        }

        return facts.Seen > 0 ? seconds / facts.Seen : 0;
    }

    private double Average(Func<Sample, int> state)
    {
        var seconds = _intervals.Sum(interval => interval.Seconds);
        return seconds > 0 ? _intervals.Sum(interval => Math.Max(0, state(interval.Sample.Sample)) * interval.Seconds) / seconds : 0;
    }

    private double Part(Func<Sample, bool> when)
    {
        var seconds = _intervals.Sum(interval => interval.Seconds);
        return seconds > 0 ? _intervals.Where(interval => when(interval.Sample.Sample)).Sum(interval => interval.Seconds) / seconds : 0;
    }
}
