using Hardening.Interop;

namespace Hardening.Stalls;

/// <summary>
/// One activity that promises to go on. Its thread calls <see cref="Beat"/> now and then, which costs a nanosecond or two and reads no clock: the
/// watchdog notes when it last saw the count move.
/// </summary>
public sealed class Heartbeat : IDisposable
{
    private readonly StallDetector _detector;
    private long _beats;
    private int _threadId;
    private int _pauses;
    private HeartbeatLabel? _label;
    private long _scopeTicks; // a limit of the present scope; 0: the heartbeat's own

    internal Heartbeat(StallDetector detector, string name, TimeSpan stallAfter, bool isCritical, long now) =>
        (_detector, Name, StallAfter, IsCritical, LastMove) = (detector, name, stallAfter, isCritical, now);

    /// <summary>The name in metrics, logs and events.</summary>
    public string Name { get; }

    /// <summary>A silence that is longer is a stall.</summary>
    public TimeSpan StallAfter { get; }

    /// <summary>Whether the application is of no use while it stands still: the service manager is told that all is well only while every critical activity moves.</summary>
    public bool IsCritical { get; }

    /// <summary>Says that the activity goes on. To be called by one thread at a time: the one that beat last is looked at when it stalls.</summary>
    public void Beat()
    {
        var thread = CurrentThread.Id;
        if (thread != _threadId)
        {
            Volatile.Write(ref _threadId, thread);
        }

        Volatile.Write(ref _beats, _beats + 1);
    }

    /// <summary>Names what the activity does next, for reports, until the scope is disposed; a beat. Scopes nest. Costs some nanoseconds, and no memory when the label is a constant that was used before.</summary>
    /// <param name="label">Such as <c>save</c>: low in cardinality, without data.</param>
    /// <param name="stallAfter">What counts as a stall meanwhile. Default: what counts around it.</param>
    public HeartbeatScope Enter(string label, TimeSpan? stallAfter = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        var outer = _label;
        var outerLimit = Volatile.Read(ref _scopeTicks);
        Volatile.Write(ref _label, HeartbeatLabel.Under(outer, label));
        Volatile.Write(ref _scopeTicks, stallAfter?.Ticks ?? outerLimit);
        Beat();
        return new HeartbeatScope(this, outer, outerLimit);
    }

    /// <summary>Takes the promise back until <see cref="Resume"/>: the activity may wait for as long as it likes. Pauses nest.</summary>
    public void Pause() => Interlocked.Increment(ref _pauses);

    /// <summary>Gives the promise again; a beat.</summary>
    public void Resume()
    {
        Beat();
        Interlocked.Decrement(ref _pauses);
    }

    /// <summary>Ends the promise: the activity is over.</summary>
    public void Dispose() => _detector.Forget(this);

    internal long Beats => Volatile.Read(ref _beats);

    internal int ThreadId => Volatile.Read(ref _threadId);

    internal bool IsPaused => Volatile.Read(ref _pauses) > 0;

    internal TimeSpan Limit => Volatile.Read(ref _scopeTicks) is var ticks and > 0 ? TimeSpan.FromTicks(ticks) : StallAfter;

    internal string Label => Volatile.Read(ref _label)?.Path ?? "";

    // What the detector has seen of it; touched by the thread that checks, alone.
    internal long SeenBeats { get; set; }

    internal long LastMove { get; set; }

    internal bool IsStalled { get; set; }

    internal void Leave(HeartbeatLabel? outer, long outerLimit)
    {
        Volatile.Write(ref _label, outer);
        Volatile.Write(ref _scopeTicks, outerLimit);
        Beat();
    }
}
