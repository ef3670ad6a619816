namespace Hardening.Pool.Channels;

/// <summary>
/// Decides how long a wait for the other end spins before it sleeps. Spinning across processors takes 0.2 µs where sleeping takes 5 to 60, but where the other end needs this very processor it only delays it:
/// so never while both are on one, and otherwise only while it pays. Pure: times come in as numbers, in nanoseconds.
/// </summary>
internal sealed class SpinPolicy
{
    /// <summary>No spin is longer, but for probes.</summary>
    public const long LongestSpin = 20_000;

    /// <summary>
    /// On a quiet machine an end that sleeps needs 50 to 60 µs to wake up, and while one sleeps the other finds no reason to spin. A probe is long enough to find out
    /// whether both would be awake if one only waited for the other: then spins pay from there on.
    /// </summary>
    public const long Probe = 100_000;

    /// <summary>Who waits for longer, such as for a long job, cannot be helped by a probe.</summary>
    public const long LongestProbedWait = 200_000;

    private const int Credit = 4;
    private const int ShortestGap = 8;
    private const int LongestGap = 512;

    private int _credit = Credit;
    private int _gap = ShortestGap;
    private int _waits = ShortestGap - 1;
    private long _lastWait;
    private bool _probes;

    /// <summary>How long to spin in the wait that begins; 0: not at all.</summary>
    /// <param name="elsewhere">Whether the other end was last seen on another processor.</param>
    /// <param name="awake">Whether it was awake when it was last sent something.</param>
    public long Limit(bool elsewhere, bool awake)
    {
        _probes = false;
        if (!elsewhere)
        {
            return 0;
        }

        if (awake && _credit > 0)
        {
            return LongestSpin;
        }

        if (_lastWait > LongestProbedWait || ++_waits < _gap)
        {
            return 0;
        }

        _waits = 0;
        _probes = true;
        return Probe;
    }

    /// <summary>What was waited for came during the spin.</summary>
    public void Paid()
    {
        _lastWait = 0;
        if (_probes)
        {
            _credit = Math.Max(_credit, 1); // a probe only gives leave to try: jobs of 50 µs end it too, and no spin catches them
            _gap = Math.Min(_gap * 2, LongestGap);
        }
        else
        {
            (_credit, _gap) = (Credit, ShortestGap);
        }
    }

    /// <summary>The spin was for nothing.</summary>
    public void Failed()
    {
        _credit = Math.Max(0, _credit - 1);
        _gap = _probes ? Math.Min(_gap * 2, LongestGap) : _gap;
    }

    /// <summary>The wait ended asleep after this time, spin included.</summary>
    public void Slept(long nanoseconds) => _lastWait = nanoseconds;
}
