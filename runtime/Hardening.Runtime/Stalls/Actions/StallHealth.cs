namespace Hardening.Stalls.Actions;

/// <summary>What the health check tells: written by the watchdog, read by whoever asks, without a lock.</summary>
internal sealed class StallHealth(TimeProvider time, TimeSpan degradedFor)
{
    /// <summary>The watchdog has looked. To be called at each check, by its thread; allocates nothing.</summary>
    public void Looked()
    {
    }

    /// <summary>An activity stands still. By the watchdog's thread.</summary>
    /// <param name="key">What tells it from others of its name: its heartbeat.</param>
    /// <param name="activity">What is known of it.</param>
    /// <param name="isCritical">Whether the application is of no use meanwhile.</param>
    public void Stalled(object key, StalledActivity activity, bool isCritical) => _ = (time, degradedFor);

    /// <summary>It moves again, or is gone. By the watchdog's thread.</summary>
    public void Moved(object key)
    {
    }

    /// <summary>The cause is known. Any thread.</summary>
    /// <param name="report">The report.</param>
    /// <param name="counts">Whether stalls of this cause count for health.</param>
    public void Explained(StallReport report, bool counts)
    {
    }
}
