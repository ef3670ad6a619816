namespace Hardening.Stalls.Sampling;

/// <summary>A sampler of processes that a second thread works ahead for, and that the analysing thread asks what its rows mean.</summary>
internal interface IProcSource : IProcSampler, IDisposable
{
    /// <summary>Opens what the next readings need. Called by the aide alone; may allocate, and may be stuck for long.</summary>
    void Prepare();

    /// <summary>What <see cref="ThreadSample.WaitChannel"/> means, from 1. Grows only. Safe for all threads.</summary>
    IReadOnlyList<string> WaitChannels { get; }

    /// <summary>Names of threads, and of those that have ended in the last 30 s. Safe for all threads.</summary>
    IReadOnlyDictionary<int, string> ThreadNames { get; }

    /// <summary>What this system does not tell, one sentence each. Safe for all threads.</summary>
    IReadOnlyList<string> Missing { get; }
}

/// <summary>A sampler of the host that a second thread works ahead for.</summary>
internal interface IHostSource : IHostSampler, IDisposable
{
    /// <inheritdoc cref="IProcSource.Prepare"/>
    void Prepare();

    /// <inheritdoc cref="IProcSource.Missing"/>
    IReadOnlyList<string> Missing { get; }
}
