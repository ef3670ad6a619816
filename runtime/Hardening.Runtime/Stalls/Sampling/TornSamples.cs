using System.Runtime.InteropServices;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// Makes one of a sample that a stall hit while it was taken and the one after it: its first numbers are from before the stall, its last from after it, and only both intervals together are as long as what
/// was counted in them. Pure.
/// </summary>
internal static class TornSamples
{
    private const long LongCost = 50_000_000; // ns; the dearest sample, a deep one of a thousand threads, takes half of that
    private const int HarmlessPart = 10; // where the taking took less than a tenth of the interval, the numbers are good enough

    /// <param name="samples">The oldest first, and as they were taken: growths from one to the next.</param>
    public static List<WindowSample> Merge(List<WindowSample> samples)
    {
        var merged = new List<WindowSample>(samples.Count);
        var torn = false;
        foreach (var sample in samples)
        {
            if (torn)
            {
                merged[^1] = Merge(merged[^1], sample);
            }
            else
            {
                merged.Add(sample);
            }

            torn = sample.Sample.Cost > LongCost && sample.Sample.Cost * HarmlessPart > merged[^1].Sample.Interval;
        }

        return merged;
    }

    private static WindowSample Merge(WindowSample first, WindowSample second)
    {
        var (a, b) = (first.Sample, second.Sample);
        var sample = b with
        {
            Interval = a.Interval + b.Interval,
            Cost = Math.Max(a.Cost, b.Cost),
            IsDeep = a.IsDeep || b.IsDeep,
            Process = Merge(a.Process, b.Process),
            Host = Merge(a.Host, b.Host),
            Runtime = Merge(a.Runtime, b.Runtime),
        };
        var threads = new Dictionary<int, ThreadSample>();
        foreach (var thread in second.Threads)
        {
            threads[thread.ThreadId] = thread;
        }

        foreach (var thread in first.Threads)
        {
            ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(threads, thread.ThreadId, out var isInBoth);
            row = isInBoth ? Merge(thread, row) : thread;
        }

        return new WindowSample(sample, [.. threads.Values]);
    }

    // States are those of the second, growths the sum.
    private static ThreadSample Merge(in ThreadSample a, in ThreadSample b) => b with
    {
        State = b.State == '\0' ? a.State : b.State,
        RunTime = a.RunTime + b.RunTime,
        RunDelay = a.RunDelay + b.RunDelay,
        Slices = a.Slices + b.Slices,
        UserTicks = a.UserTicks + b.UserTicks,
        SystemTicks = a.SystemTicks + b.SystemTicks,
        MinorFaults = a.MinorFaults + b.MinorFaults,
        WaitChannel = b.WaitChannel == 0 ? a.WaitChannel : b.WaitChannel,
        SystemCall = b.SystemCall == 0 ? a.SystemCall : b.SystemCall,
        Argument = b.SystemCall == 0 ? a.Argument : b.Argument,
        VoluntarySwitches = a.VoluntarySwitches + b.VoluntarySwitches,
        InvoluntarySwitches = a.InvoluntarySwitches + b.InvoluntarySwitches,
    };

    private static ProcessSample Merge(in ProcessSample a, in ProcessSample b) => b with
    {
        UserTicks = a.UserTicks + b.UserTicks,
        SystemTicks = a.SystemTicks + b.SystemTicks,
        MinorFaults = a.MinorFaults + b.MinorFaults,
        MajorFaults = a.MajorFaults + b.MajorFaults,
        EndedChildrenTicks = a.EndedChildrenTicks + b.EndedChildrenTicks,
        ChildrenTicks = a.ChildrenTicks + b.ChildrenTicks,
        FoundChildren = a.FoundChildren + b.FoundChildren,
        FoundChildrenAge = a.FoundChildrenAge + b.FoundChildrenAge,
        RunDelay = a.RunDelay + b.RunDelay,
    };

    private static HostSample Merge(in HostSample a, in HostSample b) => b with
    {
        UserTicks = a.UserTicks + b.UserTicks,
        SystemTicks = a.SystemTicks + b.SystemTicks,
        IdleTicks = a.IdleTicks + b.IdleTicks,
        IoWaitTicks = a.IoWaitTicks + b.IoWaitTicks,
        StealTicks = a.StealTicks + b.StealTicks,
        ContextSwitches = a.ContextSwitches + b.ContextSwitches,
        Forks = a.Forks + b.Forks,
        ProcessorPressure = a.ProcessorPressure + b.ProcessorPressure,
        MemoryPressure = a.MemoryPressure + b.MemoryPressure,
        IoPressure = a.IoPressure + b.IoPressure,
        Throttled = a.Throttled + b.Throttled,
        Suspended = a.Suspended + b.Suspended,
    };

    private static RuntimeSample Merge(in RuntimeSample a, in RuntimeSample b) => b with
    {
        GcPause = a.GcPause + b.GcPause,
        GcSuspension = a.GcSuspension + b.GcSuspension,
        Gen0 = a.Gen0 + b.Gen0,
        Gen1 = a.Gen1 + b.Gen1,
        Gen2 = a.Gen2 + b.Gen2,
        Contentions = a.Contentions + b.Contentions,
        CompletedWorkItems = a.CompletedWorkItems + b.CompletedWorkItems,
        CanaryDelay = Math.Max(a.CanaryDelay, b.CanaryDelay), // the worst, not a sum
        Continued = a.Continued + b.Continued,
    };
}
