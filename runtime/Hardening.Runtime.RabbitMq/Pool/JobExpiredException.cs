namespace Hardening.Pool;

/// <summary>A job had no answer by its deadline: it waited for too long, or ran for too long.</summary>
/// <remarks>It may have been done all the same, in part or in full, or be running still. If such jobs may take longer, raise <see cref="RabbitPoolOptions.Deadline"/>, or the Timeout of the job; if they waited, have more hosts.</remarks>
public sealed class JobExpiredException : TimeoutException
{
    /// <summary>Says how long it was worth while.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="deadline">From its submission.</param>
    /// <param name="where">What it waited for at last.</param>
    public JobExpiredException(string pool, TimeSpan deadline, string where)
        : base($"A job of pool '{pool}' had no answer within {deadline}: {where}. If such jobs may take longer, raise Deadline, or the Timeout of the job; if they wait for hosts, have more.") =>
        (PoolName, Deadline) = (pool, deadline);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>How long the job was worth while, from its submission.</summary>
    public TimeSpan Deadline { get; }
}
