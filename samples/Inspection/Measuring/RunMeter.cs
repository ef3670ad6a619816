using System.Diagnostics;

namespace Inspection.Measuring;

/// <summary>Measures what a run costs this process, from one thread: sampled while it runs, read at its end.</summary>
internal sealed class RunMeter
{
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly string _runId;
    private readonly MachineUsage _usageAtStart;
    private readonly TimeSpan _gcPauseAtStart = GC.GetTotalPauseDuration();
    private readonly int _gen2AtStart = GC.CollectionCount(2);
    private AllocationMark? _steady;

    public RunMeter(string runId, TimeProvider time) => (_runId, _time, _start, _usageAtStart) = (runId, time, time.GetTimestamp(), MachineUsage.Now(runId));

    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    public int PeakThreads { get; private set; }

    public long PeakMemoryBytes { get; private set; }

    /// <summary>Takes a sample. From the first one on that comes after a second, allocations count: what starting took is over.</summary>
    public void Sample(long received)
    {
        using var self = Process.GetCurrentProcess();
        PeakThreads = Math.Max(PeakThreads, self.Threads.Count);
        PeakMemoryBytes = Math.Max(PeakMemoryBytes, self.WorkingSet64);
        if (_steady is null && Elapsed >= TimeSpan.FromSeconds(1))
        {
            _steady = AllocationMark.Now(received);
        }
    }

    /// <summary>Reads the meter while everything still runs.</summary>
    public RunCost Read(long received)
    {
        var steady = _steady ?? AllocationMark.Now(received);
        var now = AllocationMark.Now(received);
        var frames = now.Frames - steady.Frames;
        return new RunCost(
            Elapsed,
            MachineUsage.Now(_runId) - _usageAtStart,
            PeakThreads,
            PeakMemoryBytes,
            frames == 0 ? null : (double)(now.Bytes - steady.Bytes) / frames,
            GC.GetTotalPauseDuration() - _gcPauseAtStart,
            GC.CollectionCount(2) - _gen2AtStart);
    }

    /// <param name="Bytes">What all threads but this one have allocated: this one draws the view.</param>
    /// <param name="Frames">The frames received by then.</param>
    private sealed record AllocationMark(long Bytes, long Frames)
    {
        public static AllocationMark Now(long frames) => new(GC.GetTotalAllocatedBytes(precise: true) - GC.GetAllocatedBytesForCurrentThread(), frames);
    }
}

/// <summary>What a run cost.</summary>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Cpu">CPU time.</param>
/// <param name="PeakThreads">The most threads at once.</param>
/// <param name="PeakMemoryBytes">The most resident memory.</param>
/// <param name="BytesPerFrame">Managed memory allocated per frame from the second second on; null for a run that was shorter.</param>
/// <param name="GcPause">How long garbage collection stopped all threads.</param>
/// <param name="FullCollections">Collections of the oldest generation.</param>
internal sealed record RunCost(
    TimeSpan Elapsed, MachineUsage Cpu, int PeakThreads, long PeakMemoryBytes, double? BytesPerFrame, TimeSpan GcPause, int FullCollections);
