namespace Hardening.Stalls.Sampling;

/// <summary>
/// Puts times of the runtime's events on the clock of samples. The runtime takes them from the monotonic clock and gives them as time of day, by the difference of the two when it began to listen;
/// it begins anew whenever a listener of the process comes or goes, and the time of day may have been set in between.
/// </summary>
internal sealed class EventClock
{
    private readonly TimeProvider _time;
    private readonly DateTime _day;
    private long _offset;

    public EventClock(TimeProvider time)
    {
        _time = time;
        _offset = time.Nanoseconds;
        _day = time.GetUtcNow().UtcDateTime;
    }

    /// <summary>When an event happened. One of the future happened now: the time of day was set.</summary>
    public long When(DateTime day)
    {
        var tooLate = Math.Max(0, Map(day) - _time.Nanoseconds);
        return tooLate == 0 ? Map(day) : Shift(-tooLate, day);
    }

    /// <summary>The difference of the clocks is corrected to what it must be, by an event whose time is known.</summary>
    public void Correct(in MarkTimes mark)
    {
        var mapped = Map(mark.Day);
        Shift(Math.Clamp(mapped, mark.From, mark.To) - mapped, mark.Day);
    }

    private long Map(DateTime day) => Volatile.Read(ref _offset) + ((day.Ticks - _day.Ticks) * TimeSpan.NanosecondsPerTick);

    private long Shift(long by, DateTime day)
    {
        Interlocked.Add(ref _offset, by);
        return Map(day);
    }
}
