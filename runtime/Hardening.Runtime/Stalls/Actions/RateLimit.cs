namespace Hardening.Stalls.Actions;

/// <summary>So many in any minute. Used by one thread.</summary>
internal sealed class RateLimit(int perMinute, TimeProvider time)
{
    private readonly Queue<long> _taken = new();

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        while (_taken.TryPeek(out var oldest) && time.GetElapsedTime(oldest, now) >= TimeSpan.FromMinutes(1))
        {
            _taken.Dequeue();
        }

        if (_taken.Count >= perMinute)
        {
            return false;
        }

        _taken.Enqueue(now);
        return true;
    }
}
