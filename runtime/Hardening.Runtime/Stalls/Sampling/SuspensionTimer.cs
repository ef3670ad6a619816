using System.Diagnostics.Tracing;

namespace Hardening.Stalls.Sampling;

/// <summary>Adds up how long collections took to stop the threads, from the runtime's events.</summary>
internal sealed class SuspensionTimer
{
    private const uint ForCollection = 1;
    private const uint ForCollectionToCome = 6;

    private DateTime? _since;
    private long _total;

    /// <summary>ns, in all. Safe for all threads.</summary>
    public long Total => Volatile.Read(ref _total);

    // A debugger, among others, stops them too.
    public void Began(EventWrittenEventArgs heard) =>
        _since = heard.Payload is [ForCollection or ForCollectionToCome, ..] ? heard.TimeStamp : null;

    public void Ended(EventWrittenEventArgs heard)
    {
        if (_since is { } since && heard.TimeStamp > since)
        {
            Interlocked.Add(ref _total, (heard.TimeStamp - since).Ticks * TimeSpan.NanosecondsPerTick);
        }

        _since = null;
    }
}
