namespace Hardening.Pool;

/// <summary>A worker of a pool could not be started, or ended before it was ready.</summary>
/// <param name="message">What was to be started, why it could not be, and what to do.</param>
/// <param name="errorOutput">The last that it wrote; empty when nothing.</param>
/// <param name="inner">What the system said; null when it is in the message.</param>
public sealed class WorkerStartException(string message, string errorOutput, Exception? inner) : IOException(message, inner)
{
    /// <summary>The last lines that the worker wrote to its outputs; empty when it wrote nothing.</summary>
    public string ErrorOutput { get; } = errorOutput;
}
