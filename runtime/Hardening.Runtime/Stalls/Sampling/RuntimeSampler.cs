namespace Hardening.Stalls.Sampling;

/// <summary>
/// Reads what the runtime counts. Some of it can be had under locks of the runtime alone, which the very stall may hold: the thread that assists reads it ahead (<see cref="Assist"/>), and a
/// reading takes no lock at all.
/// </summary>
internal sealed class RuntimeSampler(TimeProvider time, Canary? canary = null, RuntimeEvents? events = null) : IRuntimeSampler, IDisposable
{
    private readonly PoolPing _ping = new(time);

    /// <summary>Sends a ping through the thread pool, and reads ahead what takes locks. To be called once per sample by a thread that may wait: never by the sampler's.</summary>
    public void Assist() => _ping.Ping();

    public void Read(ref RuntimeSample runtime)
    {
        runtime.PoolDelay = _ping.TakeDelay();
        runtime.CanaryDelay = canary?.TakeDelay() ?? 0;
        runtime.GcSuspension = events?.GcSuspension ?? 0;
    }

    public void Dispose()
    {
    }
}
