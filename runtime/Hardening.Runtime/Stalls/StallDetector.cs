using System.Runtime.InteropServices;

namespace Hardening.Stalls;

/// <summary>
/// Decides which activities stand still: heartbeats, the thread pool, the process. It has no thread and no timer, so a test drives it with a clock of its own. A check allocates nothing unless there is
/// something to tell.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="lateAfter">A check that comes later than this tells of the process, and no heartbeat is blamed for that time.</param>
internal sealed class StallDetector(TimeProvider time, TimeSpan lateAfter)
{
    private const double SuspicionShare = 0.75; // of a limit: from there on everything is looked at, so that a stall is seen from before it is one

    private readonly Lock _gate = new();
    private volatile Heartbeat[] _heartbeats = []; // replaced under the gate, read without it
    private readonly List<Heartbeat> _stalled = []; // of the thread that checks
    private long _lastCheck = time.GetTimestamp();
    private long _lostSilences;
    private bool _poolIsStalled;
    private long _poolStart;

    public int Activities => _heartbeats.Length;

    /// <summary>Whether every critical activity moves, as the last check saw it.</summary>
    public bool IsCriticalFresh { get; private set; } = true;

    public Heartbeat Track(string name, TimeSpan stallAfter, bool isCritical = false)
    {
        var heartbeat = new Heartbeat(this, name, stallAfter, isCritical, time);
        lock (_gate)
        {
            _heartbeats = [.. _heartbeats, heartbeat];
        }

        return heartbeat;
    }

    public void Forget(Heartbeat heartbeat)
    {
        lock (_gate)
        {
            _heartbeats = [.. _heartbeats.Where(other => other != heartbeat)];
        }
    }

    /// <summary>The threads that beat, as many as fit.</summary>
    /// <returns>How many.</returns>
    public int CopyThreads(Span<int> threads)
    {
        var count = 0;
        foreach (var heartbeat in _heartbeats)
        {
            if (count < threads.Length && heartbeat.ThreadId is var thread and not 0 && !threads[..count].Contains(thread))
            {
                threads[count++] = thread;
            }
        }

        return count;
    }

    /// <summary>Whether something has been silent for so long that it may become a stall. For the thread that checks.</summary>
    public bool Suspects()
    {
        var now = time.GetTimestamp();
        foreach (var heartbeat in _heartbeats)
        {
            if (!heartbeat.IsPaused && Silence(heartbeat, heartbeat.LastBeat, now) > heartbeat.Limit * SuspicionShare)
            {
                return true;
            }
        }

        return _poolIsStalled;
    }

    /// <summary>Whether the last check found that the process did not get to run: it came late, and another thread was late as well.</summary>
    public bool ProcessWasStill { get; private set; }

    /// <summary>Looks at every heartbeat. To be called by one thread.</summary>
    /// <param name="due">How long after the last check this one was to come.</param>
    /// <param name="otherLate">How late another thread of the process was: where this one alone was unlucky, no silence is forgiven.</param>
    /// <param name="tell">Gets each stall that began or ended.</param>
    /// <returns>How late this check comes.</returns>
    public TimeSpan Check(TimeSpan due, TimeSpan otherLate, Action<StallChange> tell)
    {
        var now = time.GetTimestamp();
        var late = time.GetElapsedTime(_lastCheck, now) - due;
        late = late > TimeSpan.Zero ? late : TimeSpan.Zero;
        ProcessWasStill = late > lateAfter && otherLate >= late / 2;
        var forgiven = ProcessWasStill ? (long)(late.TotalSeconds * time.TimestampFrequency) : 0;
        var isCriticalFresh = true;
        var heartbeats = _heartbeats;
        EndForgotten(heartbeats, now, tell);
        foreach (var heartbeat in heartbeats)
        {
            var lastBeat = TellSilences(heartbeat, forgiven, tell);
            if (lastBeat != heartbeat.SilentSince || heartbeat.IsPaused)
            {
                if (heartbeat.IsStalled)
                {
                    End(heartbeat, lastBeat, tell);
                }

                heartbeat.SilentSince = lastBeat;
                heartbeat.Forgiven = Forgivable(forgiven, lastBeat, now);
                continue;
            }

            heartbeat.Forgiven = Forgivable(heartbeat.Forgiven + forgiven, lastBeat, now);
            if (!heartbeat.IsStalled && Silence(heartbeat, lastBeat, now) > heartbeat.Limit)
            {
                heartbeat.IsStalled = true;
                _stalled.Add(heartbeat);
                tell(Change(heartbeat, now, hasEnded: false));
            }

            isCriticalFresh &= !(heartbeat.IsCritical && heartbeat.IsStalled);
        }

        IsCriticalFresh = isCriticalFresh;
        _lastCheck = now;
        return late;
    }

    /// <summary>How many silences since the last call were too long, and could not be told: there were more of them between two checks than are kept.</summary>
    public long TakeLostSilences()
    {
        var lost = _lostSilences;
        _lostSilences = 0;
        return lost;
    }

    /// <summary>Looks at the thread pool, after <see cref="Check"/> and on the same thread.</summary>
    /// <param name="delay">How long work waits in its queue.</param>
    /// <param name="limit">How long it may.</param>
    /// <param name="tell">Gets a stall that began or ended.</param>
    public void CheckPool(TimeSpan delay, TimeSpan limit, Action<StallChange> tell)
    {
        var now = _lastCheck;
        if (delay > limit == _poolIsStalled)
        {
            return;
        }

        _poolIsStalled = !_poolIsStalled;
        _poolStart = _poolIsStalled ? now - (long)(delay.TotalSeconds * time.TimestampFrequency) : _poolStart;
        tell(new StallChange(StalledActivityKind.ThreadPool, StallChange.ThreadPool, null, limit, time.GetElapsedTime(_poolStart, now), _poolStart, now, !_poolIsStalled));
    }

    // An activity that ends while it stands still does not stand still any more.
    private void EndForgotten(Heartbeat[] heartbeats, long now, Action<StallChange> tell)
    {
        for (var i = _stalled.Count - 1; i >= 0; i--)
        {
            if (Array.IndexOf(heartbeats, _stalled[i]) < 0)
            {
                tell(Change(_stalled[i], now, hasEnded: true));
                _stalled.RemoveAt(i);
            }
        }
    }

    // What the beats themselves have found since the last check, however late this one comes. Gives the last beat.
    private long TellSilences(Heartbeat heartbeat, long forgiven, Action<StallChange> tell)
    {
        var lastBeat = heartbeat.LastBeat; // before the silences: one that ends now is told once, here or at the next check
        while (heartbeat.TryTakeSilence(out var silence))
        {
            lastBeat = Math.Max(lastBeat, silence.End);
            if (heartbeat.IsStalled && silence.Start == heartbeat.SilentSince)
            {
                End(heartbeat, silence.End, tell);
                continue;
            }

            var still = (silence.Start == heartbeat.SilentSince ? heartbeat.Forgiven : 0) + Math.Min(forgiven, Math.Max(0, silence.End - Math.Max(silence.Start, _lastCheck)));
            if (time.GetElapsedTime(silence.Start + still, silence.End) is var length && length > silence.Limit)
            {
                tell(new StallChange(StalledActivityKind.Heartbeat, heartbeat.Name, heartbeat, silence.Limit, length, silence.Start + still, silence.End, HasEnded: true)
                {
                    IsWhole = true, ThreadId = silence.ThreadId, Label = silence.Label?.Path ?? "",
                });
            }
        }

        _lostSilences += heartbeat.TakeLostSilences();
        return lastBeat;
    }

    // Never more silence than there has been: one may have been tracked since the last check. And none where it beat while this check itself was held up, so that 'now' is before its last beat.
    private static long Forgivable(long forgiven, long lastBeat, long now) => Math.Clamp(forgiven, 0, Math.Max(0, now - lastBeat));

    private void End(Heartbeat heartbeat, long now, Action<StallChange> tell)
    {
        heartbeat.IsStalled = false;
        _stalled.Remove(heartbeat);
        tell(Change(heartbeat, now, hasEnded: true));
    }

    private TimeSpan Silence(Heartbeat heartbeat, long lastBeat, long now) => time.GetElapsedTime(lastBeat + (lastBeat == heartbeat.SilentSince ? heartbeat.Forgiven : 0), now);

    private StallChange Change(Heartbeat heartbeat, long now, bool hasEnded)
    {
        var start = heartbeat.SilentSince + heartbeat.Forgiven;
        return new StallChange(StalledActivityKind.Heartbeat, heartbeat.Name, heartbeat, heartbeat.Limit, time.GetElapsedTime(start, now), start, now, hasEnded)
        {
            ThreadId = heartbeat.ThreadId, Label = heartbeat.Label,
        };
    }
}

/// <summary>A stall that began or ended.</summary>
/// <param name="Kind">Of what.</param>
/// <param name="Name">The heartbeat's name, or that of what needs none.</param>
/// <param name="Heartbeat">The heartbeat; null for what needs none.</param>
/// <param name="Limit">The silence that is none yet.</param>
/// <param name="Silence">How long so far, or in all.</param>
/// <param name="Start">The timestamp of the last move.</param>
/// <param name="Now">The timestamp of this change.</param>
/// <param name="HasEnded">Whether it moves again.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StallChange(StalledActivityKind Kind, string Name, Heartbeat? Heartbeat, TimeSpan Limit, TimeSpan Silence, long Start, long Now, bool HasEnded)
{
    /// <summary>The thread that beat last, as of when the stall began.</summary>
    public int ThreadId { get; init; }

    /// <summary>What the activity said it was doing, as of then.</summary>
    public string Label { get; init; } = "";

    /// <summary>Whether it was seen only when it was over: it tells of its beginning as well.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether it is made up: it is looked into like any other, and nobody is told.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>Of the process: what it used up meanwhile.</summary>
    public ProcessUsage Usage { get; init; }

    /// <summary>Whether it is looked into. A watchdog that woke late alone is no stall.</summary>
    public bool IsReported { get; init; } = true;

    /// <summary>What tells the activity from others of its name.</summary>
    public object Key => (object?)Heartbeat ?? Name;

    public const string ThreadPool = "thread-pool";
    public const string Process = "process";
}
