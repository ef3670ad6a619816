namespace Hardening.Benchmarks.Peers;

/// <summary>The work on one frame after the other, with the memory that one thread needs for it.</summary>
public sealed class FrameWork(Workload workload)
{
    private readonly byte[] _mask = GC.AllocateArray<byte>(workload.FrameBytes, pinned: true);
    private readonly byte[] _means = GC.AllocateArray<byte>(workload.FrameBytes / 64, pinned: true);
    private readonly long _nanoseconds = (long)(workload.WorkMilliseconds * 1e6);

    public FrameFindings Run(ReadOnlySpan<byte> pixels)
    {
        var end = _nanoseconds > 0 ? MonotonicClock.OfThread + _nanoseconds : 0;
        FrameFindings found;
        do
        {
            found = InspectionKernel.Run(pixels, workload.Width, workload.Height, _mask, _means);
        }
        while (_nanoseconds > 0 && MonotonicClock.OfThread < end);
        return found;
    }
}
