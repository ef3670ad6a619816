using System.Diagnostics;
using Hardening.Messaging;
using Hardening.Pool.Caller;
using Hardening.Pool.Wire;

namespace Hardening.Pool;

/// <summary>The spans of a job on its way, named as OpenTelemetry's conventions for messaging have it. Where nobody listens they cost one look.</summary>
internal static class JobTrace
{
    /// <summary>From a job's submission until the broker has it. Stopped by the caller.</summary>
    public static Activity? Send(string queue, RemoteJob job)
    {
        if (!BrokerTelemetry.Activities.HasListeners() || BrokerTelemetry.Activities.StartActivity($"send {queue}", ActivityKind.Producer) is not { } activity)
        {
            return null;
        }

        Describe(activity, queue, "send", job.Id, job.Key);
        return activity;
    }

    /// <summary>From a job's delivery until it is answered, in the caller's trace. Where nobody listens here, the trace goes on to the worker all the same.</summary>
    public static Activity? Process(string queue, JobMessage job)
    {
        var isTraced = job.TryGetTrace(out var parent);
        if (!BrokerTelemetry.Activities.HasListeners())
        {
            return isTraced ? PassOn(parent) : null;
        }

        if (BrokerTelemetry.Activities.StartActivity($"process {queue}", ActivityKind.Consumer, parent) is not { } activity)
        {
            return null;
        }

        Describe(activity, queue, "process", job.Id, job.Key);
        activity.SetTag("hardening.job.attempt", job.Attempt);
        return activity;
    }

    private static Activity PassOn(in ActivityContext parent) =>
        new Activity("process") { TraceStateString = parent.TraceState }.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();

    private static void Describe(Activity activity, string queue, string operation, Guid id, string? key)
    {
        activity.SetTag("messaging.system", "rabbitmq");
        activity.SetTag("messaging.destination.name", queue);
        activity.SetTag("messaging.operation.name", operation);
        activity.SetTag("messaging.operation.type", operation);
        activity.SetTag("messaging.message.id", key ?? id.ToString("N"));
        activity.SetTag("messaging.message.conversation_id", id.ToString("N"));
    }
}
