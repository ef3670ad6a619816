namespace Hardening.Stalls.Sampling;

/// <summary>
/// Says when so many events come that hearing them costs more than they tell, and when to listen again. 5,000 waits a second are some 10,000 events, a few per cent of a processor and 4 MB of garbage;
/// beyond that, counts and stacks tell enough. For one thread at a time.
/// </summary>
internal sealed class EventBudget(int perSecond)
{
    public const int DefaultPerSecond = 5000;

    /// <summary>How long not to listen.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private static readonly long Second = (long)TimeSpan.FromSeconds(1).TotalNanoseconds;
    private static readonly long PauseLength = (long)Pause.TotalNanoseconds;

    private long _second;
    private int _count;
    private long _closedAt;

    public int PerSecond => perSecond;

    /// <summary>Whether not to listen.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>An event came.</summary>
    /// <param name="at">When it happened: ns.</param>
    /// <returns>True when this one is one too many, which is said once.</returns>
    public bool Exceeds(long at)
    {
        if (at - _second >= Second || at < _second)
        {
            (_second, _count) = (at, 0);
        }

        if (++_count <= perSecond || IsClosed)
        {
            return false;
        }

        (IsClosed, _closedAt) = (true, at);
        return true;
    }

    /// <returns>True when it is time to listen again, which is said once.</returns>
    public bool Reopens(long now)
    {
        if (!IsClosed || now - _closedAt < PauseLength)
        {
            return false;
        }

        (IsClosed, _second, _count) = (false, 0, 0);
        return true;
    }
}
