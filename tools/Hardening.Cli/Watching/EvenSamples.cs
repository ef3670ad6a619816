using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>
/// Cuts samples that came late into several of the usual length. Inside a process a late sample says that the process stood still; from outside it says that the one who looks did, and nothing about the process. Pure.
/// </summary>
internal static class EvenSamples
{
    private const double Late = 1.8; // of the usual interval
    private const int MaxParts = 50;

    public static IReadOnlyList<WindowSample> Of(IReadOnlyList<WindowSample> samples, long usual)
    {
        var even = new List<WindowSample>(samples.Count);
        foreach (var sample in samples)
        {
            var parts = usual <= 0 || sample.Sample.Interval < usual * Late ? 1 : (int)Math.Min(MaxParts, Math.Round((double)sample.Sample.Interval / usual));
            for (var i = 0; i < parts; i++)
            {
                even.Add(parts == 1 ? sample : new WindowSample(Part(sample.Sample, parts, i), [.. sample.Threads.Select(row => Part(row, parts, i))]));
            }
        }

        return even;
    }

    private static Sample Part(Sample sample, int parts, int i)
    {
        var interval = Share(sample.Interval, parts, i);
        return sample with
        {
            Time = sample.Time - sample.Interval + (sample.Interval * (i + 1) / parts),
            Interval = interval,
            Process = sample.Process with
            {
                UserTicks = Share(sample.Process.UserTicks, parts, i),
                SystemTicks = Share(sample.Process.SystemTicks, parts, i),
                MinorFaults = Share(sample.Process.MinorFaults, parts, i),
                MajorFaults = Share(sample.Process.MajorFaults, parts, i),
                EndedChildrenTicks = Share(sample.Process.EndedChildrenTicks, parts, i),
                ChildrenTicks = Share(sample.Process.ChildrenTicks, parts, i),
                FoundChildren = i == parts - 1 ? sample.Process.FoundChildren : 0, // when the sample was taken
                FoundChildrenAge = i == parts - 1 ? sample.Process.FoundChildrenAge : 0,
                RunDelay = Share(sample.Process.RunDelay, parts, i),
            },
            Host = sample.Host with
            {
                UserTicks = Share(sample.Host.UserTicks, parts, i),
                SystemTicks = Share(sample.Host.SystemTicks, parts, i),
                IdleTicks = Share(sample.Host.IdleTicks, parts, i),
                IoWaitTicks = Share(sample.Host.IoWaitTicks, parts, i),
                StealTicks = Share(sample.Host.StealTicks, parts, i),
                ContextSwitches = Share(sample.Host.ContextSwitches, parts, i),
                Forks = Share(sample.Host.Forks, parts, i),
                ProcessorPressure = Share(sample.Host.ProcessorPressure, parts, i),
                MemoryPressure = Share(sample.Host.MemoryPressure, parts, i),
                IoPressure = Share(sample.Host.IoPressure, parts, i),
                Throttled = Share(sample.Host.Throttled, parts, i),
                Suspended = Share(sample.Host.Suspended, parts, i),
            },
            Runtime = sample.Runtime with
            {
                GcPause = Share(sample.Runtime.GcPause, parts, i),
                GcSuspension = Share(sample.Runtime.GcSuspension, parts, i),
                Gen0 = (int)Share(sample.Runtime.Gen0, parts, i),
                Gen1 = (int)Share(sample.Runtime.Gen1, parts, i),
                Gen2 = (int)Share(sample.Runtime.Gen2, parts, i),
                Contentions = Share(sample.Runtime.Contentions, parts, i),
                CompletedWorkItems = Share(sample.Runtime.CompletedWorkItems, parts, i),
            },
        };
    }

    private static ThreadSample Part(ThreadSample row, int parts, int i) => row with
    {
        RunTime = Share(row.RunTime, parts, i),
        RunDelay = Share(row.RunDelay, parts, i),
        Slices = Share(row.Slices, parts, i),
        UserTicks = (int)Share(row.UserTicks, parts, i),
        SystemTicks = (int)Share(row.SystemTicks, parts, i),
        MinorFaults = Share(row.MinorFaults, parts, i),
        VoluntarySwitches = Share(row.VoluntarySwitches, parts, i),
        InvoluntarySwitches = Share(row.InvoluntarySwitches, parts, i),
    };

    // The parts add up to the whole.
    private static long Share(long whole, int parts, int i) => (whole * (i + 1) / parts) - (whole * i / parts);
}
