namespace Hardening.Pool;

/// <summary>A job was refused because workers ended under it again and again. The inner exception is the last such end, where it is known.</summary>
/// <remarks>Do not submit it again: put it aside with its key, and find out from the inner exception what in it ends workers. Other jobs are not affected.</remarks>
public sealed class PoisonJobException : InvalidOperationException
{
    /// <summary>Says how often.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="key">The <see cref="Key"/> of the job; null where it is known by its bytes.</param>
    /// <param name="deaths">How many workers ended under it.</param>
    /// <param name="innerException">How the last of them ended.</param>
    public PoisonJobException(string pool, string? key, int deaths, Exception? innerException = null)
        : base($"{(key is null ? "A job" : $"The job '{key}'")} of pool '{pool}' is not given to a worker any more: {deaths} {(deaths == 1 ? "worker" : "workers")} ended under it (PoisonAfter). Find out what in the job ends them; the pool takes it again {PoisonList.KeptFor.TotalHours:0} h after the last of them.", innerException) =>
        (PoolName, Key, Deaths) = (pool, key, deaths);

    /// <summary>Says why in the words of whoever gave the job up, where that is not the pool whose workers ended: its limits have other names.</summary>
    /// <param name="message">What happened, to which job, and what to do.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="key">The <see cref="Key"/> of the job; null where it is known by its bytes.</param>
    /// <param name="deaths">How often it was begun in vain.</param>
    /// <param name="innerException">How the last of these ended.</param>
    public PoisonJobException(string message, string pool, string? key, int deaths, Exception? innerException)
        : base(message, innerException) =>
        (PoolName, Key, Deaths) = (pool, key, deaths);

    /// <summary>The name of the pool.</summary>
    public string PoolName { get; }

    /// <summary>The key that the job was given; null where it is known by its bytes.</summary>
    public string? Key { get; }

    /// <summary>How many workers ended under it; over a broker how often it was given to hosts, whose workers, or they themselves, ended under it.</summary>
    public int Deaths { get; }
}
