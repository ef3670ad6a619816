namespace Hardening.Messaging;

/// <summary>How long to pause before the next attempt: doubled with each failure in a row, up to a limit, and never the same on two hosts, which would all come back at once.</summary>
internal sealed class ReconnectDelay(TimeSpan first, TimeSpan most)
{
    private const double Jitter = 0.2;

    private int _failures;

    /// <summary>The pause after one more failure.</summary>
    /// <param name="random">0 to 1.</param>
    public TimeSpan Next(double random)
    {
        var pause = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, 40)), most.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(pause * (1 - (Jitter * random)));
    }

    public void Reset() => _failures = 0;
}
