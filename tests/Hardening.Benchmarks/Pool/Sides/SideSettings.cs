namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>How one of ours, or of the floors, is to be measured.</summary>
/// <param name="Workers">How many.</param>
/// <param name="Time">For how long, a warm-up not counted.</param>
/// <param name="Argument">What else it must know, such as which Python.</param>
/// <param name="Stop">Ends it.</param>
internal sealed record SideSettings(int Workers, TimeSpan Time, string Argument, CancellationToken Stop)
{
    /// <summary>Until the code is compiled at its best: some hundred milliseconds of it, whatever the run.</summary>
    public TimeSpan WarmUp { get; } = Time * 0.3 > LeastWarmUp ? Time * 0.3 : LeastWarmUp;

    private static TimeSpan LeastWarmUp => TimeSpan.FromMilliseconds(300);
}
