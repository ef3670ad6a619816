namespace Hardening.Stalls.Sampling;

/// <summary>
/// Takes samples of process, runtime and host, and keeps the last 30 s of them. <see cref="Take"/> is for one thread, the sampler's, and neither allocates nor opens a file; everything else may be called by any thread.
/// </summary>
internal sealed class StallSampler : IDisposable
{
    private const int MaxRows = 32 * 1024; // 30 s of 200 threads that all move; of more, or deep ones, the last seconds
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);

    private readonly IProcSource _proc;
    private readonly IHostSource _host;
    private readonly IRuntimeSampler _runtime;
    private readonly TimeProvider _time;
    private readonly SampleRing _ring;
    private readonly ThreadSample[] _rows = TouchedMemory.Allocate<ThreadSample>(ThreadTable.MaxThreads);
    private readonly SamplerAide _aide;
    private long _collected; // when the last reading began
    private long _lastTime;

    /// <summary>Starts the aide, and takes a sample of each kind, so that nothing is left to be made in a storm.</summary>
    /// <param name="proc">Is owned from now on, as is the host.</param>
    /// <param name="host">Reads the host.</param>
    /// <param name="runtime">Reads the runtime.</param>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="period">How often samples will be taken: so many are kept as fit into 30 s.</param>
    /// <param name="aside">What the aide does after each sample, beside opening descriptors: it may allocate and make threads.</param>
    public StallSampler(IProcSource proc, IHostSource host, IRuntimeSampler runtime, TimeProvider time, TimeSpan period, params ReadOnlySpan<Action> aside)
    {
        (_proc, _host, _runtime, _time) = (proc, host, runtime, time);
        _ring = new SampleRing((int)Math.Ceiling(KeptFor / period) + 1, MaxRows);
        _aide = new SamplerAide([_proc.Prepare, _host.Prepare, .. aside], DisposeOwned);
        Collect([], deep: true, out _);
        Collect([], deep: false, out _);
    }

    /// <inheritdoc cref="IProcSource.ThreadNames"/>
    public IReadOnlyDictionary<int, string> ThreadNames => _proc.ThreadNames;

    /// <inheritdoc cref="IProcSource.WaitChannels"/>
    public IReadOnlyList<string> WaitChannels => _proc.WaitChannels;

    /// <summary>What this system does not tell, one sentence each.</summary>
    public IReadOnlyList<string> Missing =>
        [.. _proc.Missing, .. _host.Missing, .. _aide.Failures is var failures and > 0 ? new[] { $"New threads and children may be missing: preparing for them has failed {failures} times." } : []];

    /// <summary>The last sample's time; 0 before the first.</summary>
    public long LastTime => Volatile.Read(ref _lastTime);

    /// <summary>Takes a sample, and wakes the aide.</summary>
    /// <param name="watched">The threads of heartbeats: they have a row, 0 left out.</param>
    /// <param name="deep">Look at everything: on suspicion.</param>
    public void Take(ReadOnlySpan<int> watched, bool deep)
    {
        var sample = Collect(watched, deep, out var rows);
        _ring.Add(sample, _rows.AsSpan(0, rows));
        Volatile.Write(ref _lastTime, sample.Time);
        _aide.Wake();
    }

    /// <summary>
    /// The samples taken in that time, both ends included, the oldest first, each whole. One that a stall hit while it was taken is one with the next. Never makes the sampler wait.
    /// </summary>
    public IReadOnlyList<WindowSample> Copy(long from, long to) => TornSamples.Merge(_ring.Copy(from, to));

    /// <summary>Ends the aide, which is waited for up to 2 s, and closes the descriptors. The sampler's thread must take no samples any more.</summary>
    public void Dispose() => _aide.Dispose();

    // By the aide as its last act: it may be stuck in the middle of opening one of them.
    private void DisposeOwned()
    {
        _proc.Dispose();
        _host.Dispose();
    }

    private Sample Collect(ReadOnlySpan<int> watched, bool deep, out int rows)
    {
        var start = _time.Nanoseconds;
        ProcessSample process = default;
        HostSample host = default;
        RuntimeSample runtime = default;
        _runtime.Read(ref runtime);
        _host.Read(ref host);
        rows = _proc.Read(ref process, _rows, watched, deep);
        var sample = new Sample
        {
            Time = start,
            Interval = _collected == 0 ? 0 : start - _collected,
            Cost = _time.Nanoseconds - start,
            IsDeep = deep,
            Process = process,
            Host = host,
            Runtime = runtime,
        };
        _collected = start;
        return sample;
    }
}
