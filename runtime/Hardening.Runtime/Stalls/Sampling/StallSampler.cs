namespace Hardening.Stalls.Sampling;

/// <summary>
/// Takes samples of process, runtime and host, and keeps the last 30 s of them. <see cref="Take"/> is for one thread, the sampler's, and neither allocates nor opens a file; everything else may be called by any thread.
/// </summary>
internal sealed class StallSampler : IDisposable
{
    private readonly IProcSource _proc;
    private readonly IHostSource _host;
    private readonly IRuntimeSampler _runtime;
    private readonly TimeProvider _time;

    /// <summary>Opens what is there now, and starts the aide.</summary>
    /// <param name="proc">Is owned from now on, as is the host.</param>
    /// <param name="host">Reads the host.</param>
    /// <param name="runtime">Reads the runtime.</param>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="period">How often samples will be taken: so many are kept as fit into 30 s.</param>
    /// <param name="aside">What the aide does after each sample, beside opening descriptors: it may allocate and make threads.</param>
    public StallSampler(IProcSource proc, IHostSource host, IRuntimeSampler runtime, TimeProvider time, TimeSpan period, params ReadOnlySpan<Action> aside) =>
        (_proc, _host, _runtime, _time, _, _) = (proc, host, runtime, time, period, aside.Length);

    /// <inheritdoc cref="IProcSource.ThreadNames"/>
    public IReadOnlyDictionary<int, string> ThreadNames => _proc.ThreadNames;

    /// <inheritdoc cref="IProcSource.WaitChannels"/>
    public IReadOnlyList<string> WaitChannels => _proc.WaitChannels;

    /// <summary>What this system does not tell, one sentence each.</summary>
    public IReadOnlyList<string> Missing => [.. _proc.Missing, .. _host.Missing];

    /// <summary>Takes a sample.</summary>
    /// <param name="watched">The threads of heartbeats.</param>
    /// <param name="deep">Look at everything: on suspicion.</param>
    public void Take(ReadOnlySpan<int> watched, bool deep) => _ = (watched.Length, deep, _time.Nanoseconds, _runtime);

    /// <summary>The last sample's time; 0 before the first.</summary>
    public long LastTime => _time.Nanoseconds * 0;

    /// <summary>The samples taken in that time, both ends included, the oldest first, each whole. One that a stall hit while it was taken is one with the next. Never makes the sampler wait.</summary>
    public IReadOnlyList<WindowSample> Copy(long from, long to) => from > to && _time is null ? null! : [];

    /// <summary>Ends the aide, which is waited for, and closes the descriptors. The sampler's thread must take no samples any more.</summary>
    public void Dispose()
    {
        _proc.Dispose();
        _host.Dispose();
    }
}
