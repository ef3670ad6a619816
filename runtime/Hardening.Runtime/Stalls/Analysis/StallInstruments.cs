using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Analysis;

/// <summary>All that measures this process, put together; nothing at all where it is not wanted, or can't be had.</summary>
internal sealed class StallInstruments : IStallEvidence, IDisposable
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMilliseconds(500);

    private const int SettleLooks = 10; // in three periods

    private readonly TimeProvider _time;
    private readonly TimeSpan _settleLook;
    private readonly Canary _canary;
    private readonly RuntimeEvents? _events;
    private readonly RuntimeSampler _runtime;
    private readonly LastRuntime _last;
    private readonly SamplerAide _pinger;
    private readonly StallSampler? _sampler;
    private readonly FutexOwners _owners = new();

    /// <param name="options">Checked options.</param>
    /// <param name="time">The clock of the samples.</param>
    public StallInstruments(StallWatchdogOptions options, TimeProvider time)
    {
        var measures = options.Sampling && OperatingSystem.IsLinux();
        (_time, _settleLook) = (time, options.CheckEvery * 3 / SettleLooks);
        _canary = new Canary(time);
        _canary.Start();
        _events = measures ? new RuntimeEvents(time) : null;
        _runtime = new RuntimeSampler(time, _canary, _events);
        _last = new LastRuntime(_runtime);
        _pinger = new SamplerAide([_runtime.Ping], static () => { }, options.CheckEvery, "stall-pool-ping"); // of its own: the other aide may be stuck in the storm that keeps the pool from its work
        if (measures)
        {
            _sampler = new StallSampler(new ProcSampler(time: time), new HostSampler(), _last, time, options.CheckEvery, _runtime.Assist);
        }

        Missing = measures ? [] : [options.Sampling ? "Everything but that it stalls: threads and host are measured on Linux alone." : "Everything but that it stalls: measuring is switched off (Sampling)."];
    }

    /// <summary>How long work waits in the thread pool's queue, as of the last sample.</summary>
    public TimeSpan PoolDelay => TimeSpan.FromMicroseconds(_last.Sample.PoolDelay / 1000d);

    /// <summary>How late a thread that wants nothing woke since the sample before the last, or is now: a stall may have begun in the midst of the last sample.</summary>
    public TimeSpan CanaryDelay => TimeSpan.FromMicroseconds(Math.Max(_last.Sample.CanaryDelay, _canary.PeekDelay()) / 1000d);

    public IReadOnlyList<string> Missing => [.. field, .. _sampler?.Missing ?? [], .. _events?.Missing is { } events ? new[] { events } : []];

    public IReadOnlyList<string> WaitChannels => _sampler?.WaitChannels ?? [];

    public IReadOnlyDictionary<int, string> ThreadNames => _sampler?.ThreadNames ?? new Dictionary<int, string>();

    /// <summary>Measures, on the watchdog's thread.</summary>
    public void Sample(ReadOnlySpan<int> watched, bool deep)
    {
        if (_sampler is not null)
        {
            _sampler.Take(watched, deep);
        }
        else
        {
            var sample = default(RuntimeSample);
            _last.Read(ref sample);
            _runtime.Assist();
        }
    }

    public IReadOnlyList<WindowSample> Samples(long from, long to) => _sampler?.Copy(from, to) ?? [];

    public IReadOnlyList<LockWait> LockWaits(long since)
    {
        _events?.Settle(SettleLimit);
        return _events?.Since(since) ?? [];
    }

    public void Settle(CancellationToken cancellationToken)
    {
        if (_sampler is null)
        {
            return;
        }

        _events?.Settle(SettleLimit);
        var heard = _time.Nanoseconds;
        for (var look = 0; look < SettleLooks && _sampler.LastTime <= heard; look++)
        {
            cancellationToken.WaitHandle.WaitOne(_settleLook);
        }
    }

    public int FutexOwner(ulong address) => _owners.Find(address);

    public void Dispose()
    {
        _sampler?.Dispose();
        _pinger.Dispose();
        _runtime.Dispose();
        _events?.Dispose();
        _canary.Dispose();
    }

    /// <summary>Remembers what was read last: the watchdog itself needs some of it.</summary>
    private sealed class LastRuntime(RuntimeSampler runtime) : IRuntimeSampler
    {
        private RuntimeSample _sample;

        public ref readonly RuntimeSample Sample => ref _sample;

        public void Read(ref RuntimeSample runtimeSample)
        {
            runtime.Read(ref runtimeSample);
            _sample = runtimeSample;
        }
    }
}
