namespace Hardening.Camera;

/// <summary>What only the OpenCV source knows of one camera, since it was made. Frames are counted by the pipeline.</summary>
public sealed record OpenCvStatistics
{
    /// <summary>How often OpenCV opened it.</summary>
    public long Opened { get; init; }

    /// <summary>How often a call into OpenCV did not return in time, so that its capture was left to its thread.</summary>
    public long Abandoned { get; init; }

    /// <summary>How many of these have not returned yet: each is a thread, a capture and at most one buffer. Opening is refused at <see cref="OpenCvFrameSourceOptions.MaxAbandoned"/>.</summary>
    public int Hanging { get; init; }

    /// <summary>Frames that OpenCV did not write in place, so that they were copied once more: of another size, or from a backend that always allocates.</summary>
    public long CopiedFrames { get; init; }
}

/// <summary>The counts behind <see cref="OpenCvStatistics"/>, from the source's thread and from its captures' threads.</summary>
internal sealed class CaptureLedger
{
    private long _opened;
    private long _abandoned;
    private int _hanging;
    private long _copied;

    public int Hanging => Volatile.Read(ref _hanging);

    public void Opened() => Interlocked.Increment(ref _opened);

    public void Abandoned()
    {
        Interlocked.Increment(ref _abandoned);
        Interlocked.Increment(ref _hanging);
    }

    public void CameBack() => Interlocked.Decrement(ref _hanging);

    public void Copied() => Interlocked.Increment(ref _copied);

    public OpenCvStatistics Read() => new()
    {
        Opened = Interlocked.Read(ref _opened),
        Abandoned = Interlocked.Read(ref _abandoned),
        Hanging = Volatile.Read(ref _hanging),
        CopiedFrames = Interlocked.Read(ref _copied),
    };
}
