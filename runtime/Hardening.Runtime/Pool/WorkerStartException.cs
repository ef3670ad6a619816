namespace Hardening.Pool;

/// <summary>A worker could not be started: its program is missing, ended at once, or was not ready in time. The message says which, and what it wrote last.</summary>
/// <remarks>It is the inner exception of <see cref="PoolUnavailableException"/>. Run the worker's command by hand, as the user that the application runs as, and mend what it says.</remarks>
public sealed class WorkerStartException : IOException
{
    /// <summary>With a reason in one or more sentences.</summary>
    /// <param name="reason">What happened, to what, and what to do.</param>
    /// <param name="errorOutput">What the worker wrote last; it is added to the message. Null or empty when it wrote nothing, or never ran.</param>
    /// <param name="innerException">What caused it.</param>
    public WorkerStartException(string reason, string? errorOutput = null, Exception? innerException = null)
        : base(string.IsNullOrEmpty(errorOutput) ? reason : reason + LastOutput.Describe(errorOutput), innerException) => ErrorOutput = errorOutput ?? "";

    /// <summary>The last lines that it wrote to standard error; empty when there are none.</summary>
    public string ErrorOutput { get; }
}
