namespace Hardening.Pool;

/// <summary>An answer to a job that nobody here waits for: of an earlier process of the same <see cref="RabbitPoolOptions.CallerName"/>.</summary>
/// <param name="key">The job's <see cref="JobOptions.Key"/>, or the id that it was given.</param>
/// <param name="outcome">Its result, or why there is none. Its index is 0.</param>
public sealed class UnclaimedResultEventArgs(string key, JobOutcome<byte[]> outcome) : EventArgs
{
    /// <summary>The job's <see cref="JobOptions.Key"/>, or the id that it was given.</summary>
    public string Key { get; } = key;

    /// <summary>Its result, or why there is none. Its index is 0.</summary>
    public JobOutcome<byte[]> Outcome { get; } = outcome;
}
