using System.Diagnostics;

namespace Hardening.Benchmarks.Tracing;

/// <summary>A listener that samples by chance at the beginning of a trace and goes with the parent within it, as an SDK does, and counts the spans.</summary>
internal sealed class SpanCount : IDisposable
{
    private readonly ActivityListener _listener;
    private long _stopped;

    private SpanCount(double share)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Hardening.Runtime",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => Sample(options.Parent, share),
            ActivityStopped = span => Interlocked.Add(ref _stopped, span.Recorded ? 1 : 0),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Spans that were sampled, and have ended.</summary>
    public long Stopped => Interlocked.Read(ref _stopped);

    /// <param name="share">Of the traces; null: nobody listens.</param>
    public static SpanCount? Listen(double? share) => share is { } wanted ? new SpanCount(wanted) : null;

    public void Dispose() => _listener.Dispose();

    private static ActivitySamplingResult Sample(in ActivityContext parent, double share) => parent == default
        ? Random.Shared.NextDouble() < share ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData
        : parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded
        : parent.IsRemote ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.None;
}
