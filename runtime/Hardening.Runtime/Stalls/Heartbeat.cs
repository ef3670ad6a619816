namespace Hardening.Stalls;

/// <summary>
/// One activity that promises to go on. Its thread calls <see cref="Beat"/> now and then, which costs a nanosecond or two and reads no clock: the
/// watchdog notes when it last saw the count move.
/// </summary>
public sealed class Heartbeat : IDisposable
{
    private readonly StallDetector _detector;
    private long _beats;

    internal Heartbeat(StallDetector detector, string name, TimeSpan stallAfter, long now) =>
        (_detector, Name, StallAfter, LastMove) = (detector, name, stallAfter, now);

    /// <summary>The name in metrics, logs and events.</summary>
    public string Name { get; }

    /// <summary>A silence that is longer is a stall.</summary>
    public TimeSpan StallAfter { get; }

    /// <summary>Says that the activity goes on. To be called by one thread.</summary>
    public void Beat() => Volatile.Write(ref _beats, _beats + 1);

    /// <summary>Ends the promise: the activity is over.</summary>
    public void Dispose() => _detector.Forget(this);

    internal long Beats => Volatile.Read(ref _beats);

    // What the detector has seen of it; touched by the thread that checks, alone.
    internal long SeenBeats { get; set; }

    internal long LastMove { get; set; }

    internal bool IsStalled { get; set; }
}
