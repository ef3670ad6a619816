namespace Hardening.Stalls.Sampling;

// One reading of each: called by the sampler's thread alone, which neither allocates nor opens a file. Each gives growths since its own last reading. Tests replay recorded data through the same.

/// <summary>Reads the process and its threads.</summary>
internal interface IProcSampler
{
    /// <param name="process">Is filled.</param>
    /// <param name="threads">Where rows go, from the start; those that do not fit are counted as omitted.</param>
    /// <param name="watched">The threads of heartbeats: they always have a row, with their state.</param>
    /// <param name="deep">Give each thread a row, with its wait channel, system call and context switches.</param>
    /// <returns>How many rows were written.</returns>
    int Read(ref ProcessSample process, Span<ThreadSample> threads, ReadOnlySpan<int> watched, bool deep);
}

/// <summary>Reads the runtime of this process.</summary>
internal interface IRuntimeSampler
{
    void Read(ref RuntimeSample runtime);
}

/// <summary>Reads the host.</summary>
internal interface IHostSampler
{
    void Read(ref HostSample host);
}
