namespace RuleTour.Threads;

/// <summary>Counts pulses of a sensor, and what came in the last second. One of these for each order, and all of them tick until the process ends.</summary>
internal sealed class PulseRate
{
    private readonly Timer _second;
    private int _pulses;
    private int _last;

    public PulseRate()
    {
        _second = new Timer(_ => _last = Interlocked.Exchange(ref _pulses, 0), null, 1000, 1000); // HRD2012
    }

    public int PerSecond => Volatile.Read(ref _last);

    public void Pulse() => Interlocked.Increment(ref _pulses);
}
