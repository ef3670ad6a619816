namespace Hardening.Dashboard.State;

/// <summary>How fast counters rise, over the last seconds that somebody looked in. Not thread-safe.</summary>
internal sealed class Rates(TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.4); // the jitter of a single frame is no rate

    private readonly Queue<Sample> _samples = []; // the oldest first; each look takes those away that are too old
    private Sample? _base;
    private Sample _now = new(0, []);
    private double _seconds;

    /// <summary>A look begins.</summary>
    public void Begin()
    {
        _now = new Sample(time.GetTimestamp(), new Dictionary<(string, string), long>(_now.Counts.Count));
        while (_samples.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, _now.At) > Longest)
        {
            _samples.Dequeue();
        }

        _base = _samples.TryPeek(out var before) && time.GetElapsedTime(before.At, _now.At) >= Shortest ? before : null;
        _seconds = _base is null ? 0 : time.GetElapsedTime(_base.At, _now.At).TotalSeconds;
        _samples.Enqueue(_now);
    }

    /// <summary>By how much a counter rises in a second; null where nobody looked lately.</summary>
    public double? Of(string kind, string name, long count)
    {
        _now.Counts[(kind, name)] = count;
        return _base is not null && _base.Counts.TryGetValue((kind, name), out var before) && count >= before ? (count - before) / _seconds : null;
    }

    private sealed record Sample(long At, Dictionary<(string Kind, string Name), long> Counts);
}
