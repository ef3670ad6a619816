using System.Diagnostics;

namespace Hardening.Camera;

/// <summary>
/// The spans of one pipeline: one for each frame that a listener wants, from its arrival to its end, and in it one for each stage and sink. The span of a frame is kept by the slot that the frame lies in,
/// from thread to thread. Where nobody listens, a frame costs a look at a list that is empty, and a stage one at a slot that is.
/// </summary>
internal sealed class FrameTracing(string pipeline, TimeProvider time, FrameLedger[] ledgers)
{
    private readonly KeyValuePair<string, object?>[][] _tags =
        [.. ledgers.Select(ledger => new KeyValuePair<string, object?>[] { new("hardening.pipeline.name", pipeline), new("hardening.camera.name", ledger.Camera) })];

    private Activity?[] _frames = [];

    /// <summary>Makes room, before the first frame.</summary>
    public void Prepare(FramePool pool) => _frames = new Activity?[pool.Slots];

    /// <summary>A frame has come.</summary>
    /// <returns>Its span, to be kept or ended; null where nobody wants one.</returns>
    public Activity? Begin(int camera, in FrameInfo info) => RuntimeTracing.IsOn ? Start(camera, info) : null;

    /// <summary>The frame goes on its way with its span.</summary>
    public void Keep(FrameLease lease, Activity span) => Volatile.Write(ref _frames[lease.Handle.Slot], span);

    /// <summary>The span of a frame, which the caller ends; null where it has none. Before the lease is given back: then the slot may be another frame's.</summary>
    public Activity? Take(FrameLease lease)
    {
        if (lease.IsEmpty || Find(lease) is not { } span)
        {
            return null;
        }

        Volatile.Write(ref _frames[lease.Handle.Slot], null);
        return span;
    }

    /// <summary>A stage or sink begins with a frame, on this thread, whose present span is that of its work until <see cref="FrameStep.End"/>.</summary>
    public FrameStep BeginStep(FrameLease lease, FrameStepName name, int camera, TimeSpan? waited = null) =>
        Find(lease) is { } frame ? Step(frame, name, camera, waited) : default;

    /// <summary>The frame was processed.</summary>
    public void EndProcessed(Activity span)
    {
        span.SetTag("hardening.frame.outcome", "processed");
        RuntimeTracing.StopApart(span, time.GetUtcNow());
    }

    /// <summary>The frame was dropped.</summary>
    public void EndDropped(Activity span, int camera, int edge, FrameDropReason reason)
    {
        var text = FrameDropReasons.ToMetricValue(reason);
        var place = ledgers[camera].EdgeName(edge);
        span.SetTag("hardening.frame.outcome", "dropped");
        span.SetTag("hardening.drop.edge", place);
        span.SetTag("hardening.drop.reason", text);
        if (reason is not (FrameDropReason.ReplacedByNewer or FrameDropReason.Stopping)) // what was asked for is no error
        {
            RuntimeTracing.Fail(span, text, $"The frame was dropped at {place}.");
        }

        RuntimeTracing.StopApart(span, time.GetUtcNow());
    }

    private Activity? Find(FrameLease lease) => Volatile.Read(ref _frames[lease.Handle.Slot]);

    private Activity? Start(int camera, in FrameInfo info)
    {
        var age = time.GetElapsedTime(info.HostTimestamp);
        var span = RuntimeTracing.StartApart("frame", ActivityKind.Internal, _tags[camera], isRoot: true, time.GetUtcNow() - (age > TimeSpan.Zero ? age : TimeSpan.Zero));
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("hardening.frame.sequence", info.Sequence);
        }

        return span;
    }

    // A frame that is not sampled is still the parent of what happens to it: who asks anew would begin traces without their beginning.
    private FrameStep Step(Activity frame, FrameStepName name, int camera, TimeSpan? waited)
    {
        Activity.Current = frame;
        var span = frame.IsAllDataRequested ? RuntimeTracing.Source.StartActivity(name.Span, ActivityKind.Internal, default(ActivityContext), name.Tags[camera], links: null, time.GetUtcNow()) : null;
        if (waited is { } wait)
        {
            span?.SetTag("hardening.frame.wait", wait.TotalSeconds);
        }

        return new FrameStep(span, time);
    }
}

/// <summary>What the spans of one stage or sink are called, and what they all say; made once.</summary>
internal sealed class FrameStepName(string kind, string name, FrameLedger[] ledgers)
{
    public string Span { get; } = $"{kind} {name}";

    /// <summary>For each camera.</summary>
    public KeyValuePair<string, object?>[][] Tags { get; } =
        [.. ledgers.Select(ledger => new KeyValuePair<string, object?>[] { new("hardening.camera.name", ledger.Camera), new($"hardening.{kind}.name", name) })];
}

/// <summary>A stage or sink at work on a frame that is traced; the default value: one that is not.</summary>
/// <param name="span">Null where the frame is not sampled, and only its context is passed on.</param>
/// <param name="time">The pipeline's clock; null for a frame that is not traced.</param>
internal readonly struct FrameStep(Activity? span, TimeProvider? time)
{
    /// <summary>It threw.</summary>
    public void Fail(Exception exception)
    {
        if (span is not null)
        {
            RuntimeTracing.Fail(span, exception);
        }
    }

    /// <summary>It has returned, on the thread on which it began.</summary>
    public void End()
    {
        if (time is null)
        {
            return;
        }

        if (span is not null)
        {
            span.SetEndTime(time.GetUtcNow().UtcDateTime);
            span.Stop();
        }

        Activity.Current = null; // these threads have none of their own
    }
}
