namespace DeployService.Driving;

/// <summary>What became of the requests of a load. Safe for all threads.</summary>
internal sealed class LoadTally
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RequestOutcome, int> _outcomes = [];
    private readonly List<TimeSpan> _latencies = [];
    private readonly List<TimeSpan> _waits = [];
    private int _attempts;
    private int _turnedAway;
    private int _withoutRetryAfter;

    /// <summary>Requests sent, those included that came again.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>Answers 503.</summary>
    public int TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>Answers 503 that did not say when to come again.</summary>
    public int WithoutRetryAfter => Volatile.Read(ref _withoutRetryAfter);

    public void Send() => Interlocked.Increment(ref _attempts);

    public void TurnAway(bool saysWhen)
    {
        Interlocked.Increment(ref _turnedAway);
        Interlocked.Add(ref _withoutRetryAfter, saysWhen ? 0 : 1);
    }

    /// <summary>Notes how a request ended.</summary>
    /// <param name="outcome">In which way.</param>
    /// <param name="latency">From its last attempt to its end.</param>
    /// <param name="wait">From its first attempt to its end.</param>
    public void End(RequestOutcome outcome, TimeSpan latency, TimeSpan wait)
    {
        lock (_gate)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome == RequestOutcome.Succeeded)
            {
                _latencies.Add(latency);
                _waits.Add(wait);
            }
        }
    }

    /// <summary>How many requests ended in this way.</summary>
    public int Count(RequestOutcome outcome)
    {
        lock (_gate)
        {
            return _outcomes.GetValueOrDefault(outcome);
        }
    }

    /// <summary>How many requests have ended.</summary>
    public int Ended
    {
        get
        {
            lock (_gate)
            {
                return _outcomes.Values.Sum();
            }
        }
    }

    /// <summary>The latency that this share of the deployments that succeeded did not exceed; null if none did.</summary>
    public TimeSpan? Latency(double share) => Of(_latencies, share);

    /// <summary>The same from the first attempt on, where a client had to come again.</summary>
    public TimeSpan? Wait(double share) => Of(_waits, share);

    private TimeSpan? Of(List<TimeSpan> times, double share)
    {
        TimeSpan[] ordered;
        lock (_gate)
        {
            ordered = [.. times];
        }

        Array.Sort(ordered);
        return ordered.Length == 0 ? null : ordered[(int)((ordered.Length - 1) * share)];
    }
}
