using Hardening.Interop;

namespace Hardening.Stalls;

/// <summary>
/// One activity that promises to go on. Its thread calls <see cref="Beat"/> now and then, which reads the clock and costs some 30 ns. Each beat measures the silence before it, so that one that was too
/// long is told even where the watchdog itself did not get to run meanwhile.
/// </summary>
public sealed class Heartbeat : IDisposable
{
    private const int MaxSilences = 64; // each is longer than a limit: more of them between two checks mean that the checks do not come for long

    private readonly StallDetector _detector;
    private readonly TimeProvider _time;
    private readonly HandOver<Silence> _silences = new(MaxSilences);
    private long _lastBeat;
    private long _limit; // of the present scope, as a number of timestamps
    private int _threadId;
    private int _pauses;
    private HeartbeatLabel? _label;

    internal Heartbeat(StallDetector detector, string name, TimeSpan stallAfter, bool isCritical, TimeProvider time)
    {
        (_detector, Name, StallAfter, IsCritical, _time) = (detector, name, stallAfter, isCritical, time);
        _lastBeat = SilentSince = time.GetTimestamp();
        _limit = Timestamps(stallAfter);
    }

    /// <summary>The name in metrics, logs and events.</summary>
    public string Name { get; }

    /// <summary>A silence that is longer is a stall.</summary>
    public TimeSpan StallAfter { get; }

    /// <summary>Whether the application is of no use while it stands still: the service manager is told that all is well only while every critical activity moves.</summary>
    public bool IsCritical { get; }

    /// <summary>Says that the activity goes on. To be called by one thread at a time: the one that beat last is looked at when it stalls.</summary>
    public void Beat()
    {
        var now = _time.GetTimestamp();
        var thread = CurrentThread.Id;
        if (now - _lastBeat > _limit && !IsPaused)
        {
            _ = _silences.TryAdd(new Silence(_lastBeat, now, Limit, thread == _threadId ? thread : 0, _label));
        }

        Move(now, thread);
    }

    /// <summary>Names what the activity does next, for reports, until the scope is disposed; a beat. Scopes nest. Costs some nanoseconds, and no memory when the label is a constant that was used before.</summary>
    /// <param name="label">Such as <c>save</c>: low in cardinality, without data.</param>
    /// <param name="stallAfter">What counts as a stall meanwhile. Default: what counts around it.</param>
    public HeartbeatScope Enter(string label, TimeSpan? stallAfter = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        Beat();
        var (outer, outerLimit) = (_label, _limit);
        Volatile.Write(ref _label, HeartbeatLabel.Under(outer, label));
        Volatile.Write(ref _limit, stallAfter is { } limit ? Timestamps(limit) : outerLimit);
        return new HeartbeatScope(this, outer, outerLimit);
    }

    /// <summary>Takes the promise back until <see cref="Resume"/>: the activity may wait for as long as it likes; a beat. Pauses nest.</summary>
    public void Pause()
    {
        Beat();
        Interlocked.Increment(ref _pauses);
    }

    /// <summary>Gives the promise again; a beat.</summary>
    public void Resume()
    {
        Move(_time.GetTimestamp(), CurrentThread.Id);
        Interlocked.Decrement(ref _pauses);
    }

    /// <summary>Ends the promise: the activity is over.</summary>
    public void Dispose() => _detector.Forget(this);

    internal long LastBeat => Volatile.Read(ref _lastBeat);

    internal int ThreadId => Volatile.Read(ref _threadId);

    internal bool IsPaused => Volatile.Read(ref _pauses) > 0;

    internal TimeSpan Limit => _time.GetElapsedTime(0, Volatile.Read(ref _limit));

    internal string Label => Volatile.Read(ref _label)?.Path ?? "";

    // What the detector knows of it; touched by the thread that checks, alone.

    /// <summary>The last beat that was seen.</summary>
    internal long SilentSince { get; set; }

    /// <summary>The part of the present silence in which the process did not get to run, as a number of timestamps.</summary>
    internal long Forgiven { get; set; }

    internal bool IsStalled { get; set; }

    /// <summary>The silences that were too long, as the beats that ended them found; each once. For the thread that checks.</summary>
    internal bool TryTakeSilence(out Silence silence) => _silences.TryTake(out silence);

    /// <summary>How many more there were since the last call.</summary>
    internal long TakeLostSilences() => _silences.TakeLost();

    internal void Leave(HeartbeatLabel? outer, long outerLimit)
    {
        Beat();
        Volatile.Write(ref _label, outer);
        Volatile.Write(ref _limit, outerLimit);
    }

    private void Move(long now, int thread)
    {
        if (thread != _threadId)
        {
            Volatile.Write(ref _threadId, thread);
        }

        Volatile.Write(ref _lastBeat, now);
    }

    private long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
