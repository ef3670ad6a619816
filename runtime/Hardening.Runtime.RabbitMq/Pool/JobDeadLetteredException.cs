namespace Hardening.Pool;

/// <summary>Hosts gave a job up, and it lies in the pool's queue of dead letters, with this reason in its headers. Where workers or hosts ended under it, this is the inner exception of a <see cref="PoisonJobException"/>.</summary>
/// <remarks>Do not submit it again before the reason is mended. The queue keeps the request as it was.</remarks>
public sealed class JobDeadLetteredException : InvalidOperationException
{
    /// <summary>Says why.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="reason">Why, as one word of the header <c>hardening-dead-reason</c>.</param>
    /// <param name="detail">Why, as the host tells it.</param>
    /// <param name="host">Which host; empty where it is not known.</param>
    /// <param name="attempts">How often it had been given to hosts.</param>
    /// <param name="queue">Where it lies.</param>
    public JobDeadLetteredException(string pool, string reason, string detail, string host, int attempts, string queue)
        : base($"A job of pool '{pool}' was given up ({reason}) after {attempts} {(attempts == 1 ? "delivery" : "deliveries")}{(string.IsNullOrEmpty(host) ? "" : $", by host '{host}'")}, and lies in the queue '{queue}': {detail}") =>
        (PoolName, Reason, Detail, Host, Attempts, Queue) = (pool, reason, detail, host, attempts, queue);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>One word: <c>worker_ended</c>, <c>quarantined</c>, <c>delivery_limit</c>, <c>malformed</c>, <c>checksum</c>, <c>frames_refused</c>, <c>result_refused</c>.</summary>
    public string Reason { get; }

    /// <summary>Why, as the host tells it.</summary>
    public string Detail { get; }

    /// <summary>Which host gave it up; empty where it is not known.</summary>
    public string Host { get; }

    /// <summary>How often it had been given to hosts.</summary>
    public int Attempts { get; }

    /// <summary>The queue of dead letters.</summary>
    public string Queue { get; }
}
