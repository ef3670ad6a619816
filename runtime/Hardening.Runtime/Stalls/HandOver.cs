namespace Hardening.Stalls;

/// <summary>
/// Values from one thread to another: neither waits, not even for a lock whose owner does not get to run. What does not fit is counted and left out, the newest first.
/// </summary>
internal sealed class HandOver<T>
{
    private readonly T[] _values;
    private long _added;
    private long _taken;
    private long _lost;
    private long _lostBefore;

    /// <param name="size">How many fit.</param>
    public HandOver(int size)
    {
        _values = new T[size];
        Array.Clear(_values); // touched now, and not when memory is short
    }

    /// <summary>By the one thread.</summary>
    public bool TryAdd(in T value)
    {
        if (_added - Volatile.Read(ref _taken) >= _values.Length)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return false;
        }

        _values[_added % _values.Length] = value;
        Volatile.Write(ref _added, _added + 1);
        return true;
    }

    /// <summary>By the other thread, as is <see cref="TakeLost"/>.</summary>
    public bool TryTake(out T value)
    {
        if (_taken == Volatile.Read(ref _added))
        {
            value = default!;
            return false;
        }

        value = _values[_taken % _values.Length];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    /// <summary>How many did not fit since the last call.</summary>
    public long TakeLost()
    {
        var lost = Volatile.Read(ref _lost) - _lostBefore;
        _lostBefore += lost;
        return lost;
    }
}
