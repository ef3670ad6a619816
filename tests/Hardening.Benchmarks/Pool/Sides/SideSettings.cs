namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>How one of ours, or of the floors, is to be measured.</summary>
/// <param name="Workers">How many.</param>
/// <param name="Time">For how long, a warm-up not counted.</param>
/// <param name="Argument">What else it must know, such as which Python.</param>
/// <param name="Stop">Ends it.</param>
internal sealed record SideSettings(int Workers, TimeSpan Time, string Argument, CancellationToken Stop)
{
    /// <summary>Until the code is compiled at its best, which takes some hundred milliseconds; in a short run as long as there is.</summary>
    public TimeSpan WarmUp { get; } = TimeSpan.FromSeconds(Math.Max(0.3 * Time.TotalSeconds, Math.Min(0.3, Time.TotalSeconds)));
}
