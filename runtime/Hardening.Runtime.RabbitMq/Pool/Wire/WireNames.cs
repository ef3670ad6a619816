namespace Hardening.Pool.Wire;

/// <summary>What messages are called, and their headers. A peer of another version reads them too: a name never changes its meaning.</summary>
internal static class WireNames
{
    public const int Version = 1;

    public const string JobType = "hardening.job";
    public const string AnswerType = "hardening.answer";

    public const string VersionHeader = "hardening-version";

    // Of a job.
    public const string Deadline = "hardening-deadline";
    public const string Remaining = "hardening-remaining";
    public const string SoftTimeout = "hardening-soft-timeout";
    public const string MaxAttempts = "hardening-max-attempts";
    public const string Attempts = "hardening-attempts";
    public const string Frames = "hardening-frames";

    // Of an answer.
    public const string Outcome = "hardening-outcome";
    public const string Answer = "hardening-answer";

    // Of a dead letter, beside those of its job.
    public const string DeadReason = "hardening-dead-reason";
    public const string DeadDetail = "hardening-dead-detail";
    public const string DeadHost = "hardening-dead-host";
    public const string DeadTime = "hardening-dead-time";

    // Of others.
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    public const string DeliveryCount = "x-delivery-count";
    public const string Deaths = "x-death";
    public const string ClientSequence = "x-dotnet-pub-seq-no";
}
