using System.Runtime.InteropServices;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// Reads what the runtime tells of itself. Its counts of waits and of work are had under locks that the very stall may hold: of the list of threads, of the pool's queues. So a second thread reads
/// those ahead (<see cref="Assist"/>), and a reading takes no lock: it is late only when no managed code runs at all.
/// </summary>
internal sealed class RuntimeSampler : IRuntimeSampler, IDisposable
{
    private readonly PoolPing _ping;
    private readonly Canary? _canary;
    private readonly RuntimeEvents? _events;
    private readonly PosixSignalRegistration? _continued;

    // Read ahead by the thread that assists.
    private long _contentions;
    private long _completed;
    private long _pending;

    private int _continues;
    private Totals _last;

    /// <summary>Begins to count.</summary>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="canary">Is asked how late it wakes; stays the caller's.</param>
    /// <param name="events">Are asked how long collections took to stop the threads, and are assisted; stay the caller's.</param>
    public RuntimeSampler(TimeProvider time, Canary? canary = null, RuntimeEvents? events = null)
    {
        (_ping, _canary, _events) = (new PoolPing(time), canary, events);
        _continued = OperatingSystem.IsLinux() ? PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Interlocked.Increment(ref _continues)) : null;
        ReadAhead();
        _last = Now();
    }

    /// <summary>Whether a ping waits in the pool's queue.</summary>
    public bool IsPinging => _ping.IsUnderWay;

    /// <summary>Sends a ping through the thread pool, unless one is under way. To be called by one thread that may wait, and that nothing else holds up: a delay is seen from the ping's beginning on.</summary>
    public void Ping() => _ping.Ping();

    /// <summary>Reads ahead what takes locks. To be called once per sample by a thread that may wait: never by the sampler's.</summary>
    public void Assist()
    {
        ReadAhead();
        _events?.Assist();
    }

    public void Read(ref RuntimeSample runtime)
    {
        var now = Now();
        runtime.GcPause = now.GcPause - _last.GcPause;
        runtime.GcSuspension = now.GcSuspension - _last.GcSuspension;
        runtime.Gen0 = now.Gen0 - _last.Gen0;
        runtime.Gen1 = now.Gen1 - _last.Gen1;
        runtime.Gen2 = now.Gen2 - _last.Gen2;
        runtime.Contentions = now.Contentions - _last.Contentions;
        runtime.CompletedWorkItems = now.Completed - _last.Completed;
        runtime.Continued = now.Continues - _last.Continues;
        runtime.PendingWorkItems = Volatile.Read(ref _pending);
        runtime.PoolThreads = ThreadPool.ThreadCount;
        runtime.PoolDelay = _ping.TakeDelay();
        runtime.CanaryDelay = _canary?.TakeDelay() ?? 0;
        _last = now;
    }

    /// <summary>Stops to count.</summary>
    public void Dispose() => _continued?.Dispose();

    private Totals Now() => new(
        GC.GetTotalPauseDuration().Ticks * TimeSpan.NanosecondsPerTick,
        _events?.GcSuspension ?? 0,
        Gen0: GC.CollectionCount(0),
        Gen1: GC.CollectionCount(1),
        Gen2: GC.CollectionCount(2),
        Volatile.Read(ref _contentions),
        Volatile.Read(ref _completed),
        Volatile.Read(ref _continues));

    private void ReadAhead()
    {
        Volatile.Write(ref _contentions, Monitor.LockContentionCount); // under the lock of the list of threads, which one that starts or ends holds
        Volatile.Write(ref _completed, ThreadPool.CompletedWorkItemCount);
        Volatile.Write(ref _pending, ThreadPool.PendingWorkItemCount);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Totals(long GcPause, long GcSuspension, int Gen0, int Gen1, int Gen2, long Contentions, long Completed, int Continues);
}
