using System.Diagnostics.Tracing;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// Hears from the runtime who waits for which lock, and how long collections took to stop the threads. The runtime tells it on a thread of its own, some 10 ms later or more, in order of time. Whenever
/// a listener of the process comes or goes, it forgets what it has not told yet.
/// </summary>
internal sealed class RuntimeEvents : EventListener, ILockWaits
{
    private const string RuntimeSource = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collections = (EventKeywords)0x1;
    private const EventKeywords Contention = (EventKeywords)0x4000;
    private const int SuspensionEnded = 8;
    private const int SuspensionBegan = 9;
    private const int WaitBegan = 81;
    private const int WaitEnded = 91;
    private static readonly TimeSpan MarkAgainAfter = TimeSpan.FromMilliseconds(100); // a mark may be forgotten
    private static readonly TimeSpan DoubtFor = TimeSpan.FromMilliseconds(50);
    private static readonly long TellFor = (long)TimeSpan.FromSeconds(60).TotalNanoseconds; // twice what a report looks back on

    private readonly TimeProvider _time;
    private readonly EventMark _mark;
    private readonly EventClock _clock;
    private readonly EventBudget _budget;
    private readonly LockWaitBook _book = new();
    private readonly SuspensionTimer _suspensions = new();
    private readonly ManualResetEventSlim _disposing = new();
    private readonly Lock _gate = new(); // of the budget and of what is listened to
    private EventSource? _source; // without initializer: the base class sets it first
    private bool _disposed;
    private long _pausedUntil;

    /// <summary>Begins to listen.</summary>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="maxPerSecond">When more waits than this begin in a second, listening for them pauses.</param>
    public RuntimeEvents(TimeProvider time, int maxPerSecond = EventBudget.DefaultPerSecond)
    {
        (_time, _mark, _clock, _budget) = (time, new EventMark(time), new EventClock(time), new EventBudget(maxPerSecond));
        Listen();
    }

    public string? Missing
    {
        get
        {
            lock (_gate)
            {
                return _source is null ? "Waits for locks are not known: this application runs without the events of .NET. Set EventSourceSupport to true in its project."
                    : _budget.IsClosed || _time.Nanoseconds < _pausedUntil ? $"Some waits for locks are not known: more than {_budget.PerSecond} began in a second, so that those of the next {EventBudget.Pause.TotalSeconds:0} s were not listened to."
                    : _book.Omitted > 0 ? $"{_book.Omitted} waits for locks are not known: too many threads waited at once."
                    : null;
            }
        }
    }

    /// <summary>ns that collections took to stop the threads, in all. Comes as late as all events: often after the pause that it is part of.</summary>
    public long GcSuspension => _suspensions.Total;

    /// <inheritdoc />
    /// <remarks>The end of a wait may not have been heard: a thread that does anything else now does not wait. Takes some 50 ms after a storm of events.</remarks>
    public IReadOnlyList<LockWait> Since(long time)
    {
        Lose(_book.UnderWay().All, static (waiter, _) => !OwnThreads.MayWait(waiter));
        if (_book.UnderWay().Doubtful is { Count: > 0 } doubtful)
        {
            var slices = doubtful.Select(wait => OwnThreads.Slices(wait.WaiterThreadId)).ToList();
            _disposing.Wait(DoubtFor);
            Lose(doubtful, (waiter, i) => OwnThreads.Slices(waiter) != slices[i]); // one that waits does not run
        }

        return _book.Since(time);
    }

    /// <summary>Waits until all that happened up to now was heard. To be called by one thread at a time.</summary>
    /// <returns>False when that took longer than the limit, or events cannot be had at all.</returns>
    public bool Settle(TimeSpan limit)
    {
        for (var left = limit; left > TimeSpan.Zero && _source is not null; left -= MarkAgainAfter)
        {
            if (_mark.Make(left < MarkAgainAfter ? left : MarkAgainAfter) is { } mark)
            {
                _clock.Correct(mark);
                return true;
            }
        }

        return false;
    }

    /// <summary>Listens again once a storm of events is some time ago. To be called now and then by a thread that may wait.</summary>
    public void Assist()
    {
        var now = _time.Nanoseconds;
        bool reopens;
        lock (_gate)
        {
            reopens = _budget.Reopens(now);
            _pausedUntil = reopens ? now + TellFor : _pausedUntil;
        }

        if (reopens)
        {
            Listen();
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            _disposed = true; // to listen once more would be for ever
        }

        _disposing.Set();
        base.Dispose();
        _mark.Dispose();
        _disposing.Dispose();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == RuntimeSource)
        {
            _source = eventSource;
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        switch (eventData.EventId)
        {
            case SuspensionBegan:
                _suspensions.Began(eventData);
                break;
            case SuspensionEnded:
                _suspensions.Ended(eventData);
                break;
            case WaitBegan when LockWaitEvent.Read(eventData, _clock) is { } wait:
                _book.Began(wait);
                PauseBeyondBudget(wait.Start);
                break;
            case WaitEnded:
                _book.Ended((int)eventData.OSThreadId, _clock.When(eventData.TimeStamp));
                break;
            case EventMark.EventId:
                _mark.Hear(eventData);
                break;
        }
    }

    private void Lose(IReadOnlyList<LockWait> waits, Func<int, int, bool> isOver)
    {
        for (var i = 0; i < waits.Count; i++)
        {
            if (isOver(waits[i].WaiterThreadId, i))
            {
                _book.Lose(waits[i]);
            }
        }
    }

    private void PauseBeyondBudget(long at)
    {
        bool exceeds;
        lock (_gate)
        {
            exceeds = _budget.Exceeds(at);
        }

        if (exceeds)
        {
            _book.Deafen(at);
            Listen();
        }
    }

    private void Listen()
    {
        lock (_gate)
        {
            if (_source is not null && !_disposed)
            {
                EnableEvents(_source, EventLevel.Informational, Collections | EventMark.Keyword | (_budget.IsClosed ? EventKeywords.None : Contention));
            }
        }
    }
}
