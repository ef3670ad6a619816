namespace Hardening.Pool;

/// <summary>The pool takes no jobs: it is stopped, or its workers cannot be started; the inner exception is why.</summary>
/// <remarks>If <see cref="IsStopped"/>, stop what submits jobs before the pool. Otherwise mend what the inner exception says; the pool goes on trying and takes jobs again once a start succeeds.</remarks>
public sealed class PoolUnavailableException : InvalidOperationException
{
    /// <summary>The pool is stopped.</summary>
    /// <param name="pool">The pool.</param>
    public PoolUnavailableException(string pool)
        : base($"Pool '{pool}' is stopped and takes no jobs; those that it could not finish in time end with this exception too. Stop what submits them before the pool.") =>
        (PoolName, IsStopped) = (pool, true);

    /// <summary>Its workers cannot be started.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="failures">How many starts in a row have failed.</param>
    /// <param name="lastFailure">Why the last one did.</param>
    public PoolUnavailableException(string pool, int failures, Exception lastFailure)
        : base($"Pool '{pool}' has no worker: the last {failures} starts failed. It goes on trying and takes jobs again once one succeeds. The last failure: {lastFailure?.Message}", lastFailure) =>
        (PoolName, StartFailures) = (pool, failures);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>Whether it is stopped.</summary>
    public bool IsStopped { get; }

    /// <summary>How many starts of workers in a row have failed; 0 where it is stopped.</summary>
    public int StartFailures { get; }
}
