namespace Inspection.Legacy;

/// <summary>What became of the frames of one camera. The original counted nothing; this is here so that the two servers can be compared.</summary>
public sealed class LegacyCameraCounters(string camera)
{
    private long _received;
    private long _lost;
    private long _damaged;
    private long _processed;
    private long _droppedStopping;
    private long _inFlight;
    private long _nextSequence = -1;

    /// <summary>The name of the camera.</summary>
    public string Camera => camera;

    /// <summary>Frames that the camera delivered.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Frames lost before the application, told from gaps in the numbers.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Frames that arrived damaged and were not inspected.</summary>
    public long Damaged => Interlocked.Read(ref _damaged);

    /// <summary>Frames inspected.</summary>
    public long Processed => Interlocked.Read(ref _processed);

    /// <summary>Frames that were still waiting when the time to drain was over.</summary>
    public long DroppedStopping => Interlocked.Read(ref _droppedStopping);

    /// <summary>Frames in the queue, or with a thread of their own.</summary>
    public long InFlight => Interlocked.Read(ref _inFlight);

    /// <summary>Whether the camera still streams.</summary>
    public bool IsStreaming { get; internal set; }

    /// <summary>Why the camera is gone; null when it is not.</summary>
    public string? Failure { get; internal set; }

    internal void Receive(long sequence)
    {
        Interlocked.Increment(ref _received);
        Interlocked.Increment(ref _inFlight);
        if (_nextSequence >= 0 && sequence > _nextSequence)
        {
            Interlocked.Add(ref _lost, sequence - _nextSequence);
        }

        _nextSequence = sequence + 1;
    }

    internal void Damage() => End(ref _damaged);

    internal void Process() => End(ref _processed);

    internal void DropStopping() => End(ref _droppedStopping);

    private void End(ref long counter)
    {
        Interlocked.Increment(ref counter);
        Interlocked.Decrement(ref _inFlight);
    }
}
