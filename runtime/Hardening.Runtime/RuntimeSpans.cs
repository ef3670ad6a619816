using System.Diagnostics;

namespace Hardening;

/// <summary>What there is of spans, for the page that is generated from it.</summary>
internal static class RuntimeSpans
{
    /// <summary>All, from the outermost in.</summary>
    public static readonly IReadOnlyList<RuntimeSpan> All =
    [
        new("frame", ActivityKind.Internal, "none: a trace begins with it", "A frame, from its arrival at the host until it is processed or dropped.",
            ["hardening.pipeline.name", "hardening.camera.name", "hardening.frame.sequence", "hardening.frame.outcome", "hardening.drop.edge", "hardening.drop.reason", "error.type"]),
        new("stage *name*", ActivityKind.Internal, "frame", "The work of a stage on the frame. `hardening.frame.wait`: the seconds in the lane before it.",
            ["hardening.camera.name", "hardening.stage.name", "hardening.frame.wait", "error.type"]),
        new("sink *name*", ActivityKind.Internal, "frame", "A sink takes the frame.",
            ["hardening.camera.name", "hardening.sink.name", "error.type"]),
        new("job *pool*", ActivityKind.Client, "the span that is present where the job is given to the pool: a stage's, or the application's own", "A job, from its submission to its end. `hardening.job.wait`: the seconds until a worker had it.",
            ["hardening.pool.name", "hardening.job.outcome", "hardening.job.wait", "hardening.job.retries", "hardening.worker.pid", "error.type"]),
        new("work *pool*", ActivityKind.Server, "job, of the process that gave it", "A handler at work on a job, in a worker process of .NET.",
            ["hardening.pool.name", "hardening.worker.pid", "error.type"]),
    ];
}

/// <summary>A kind of span.</summary>
/// <param name="Name">With what varies in asterisks.</param>
/// <param name="Kind">As OpenTelemetry has it.</param>
/// <param name="Parent">What it is a part of.</param>
/// <param name="Meaning">What it tells.</param>
/// <param name="Attributes">All that it may have.</param>
internal sealed record RuntimeSpan(string Name, ActivityKind Kind, string Parent, string Meaning, IReadOnlyList<string> Attributes);
