namespace Hardening.FaultLab.Truth;

/// <summary>A time in which an activity did not move, as its own thread saw it: ns of the monotonic clock.</summary>
/// <param name="Activity">Which one.</param>
/// <param name="Start">When it last moved.</param>
/// <param name="End">When it moved again.</param>
/// <param name="Running">ns in which its thread had a processor; 0 for those without a thread.</param>
/// <param name="Waiting">ns in which its thread was ready and had none.</param>
/// <param name="Collecting">ns in which a garbage collection paused the process.</param>
internal sealed record Gap(string Activity, long Start, long End, long Running, long Waiting, long Collecting)
{
    public long Length => End - Start;

    public double Milliseconds => Length / 1e6;

    public bool Overlaps(long start, long end) => Start < end && start < End;
}
