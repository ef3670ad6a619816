namespace Hardening.Dashboard.State;

/// <summary>Everything at one moment, as JSON has it: docs/runtime/dashboard.md tells it. Durations are seconds, sizes bytes.</summary>
internal sealed record DashboardState
{
    public int Version => 1;

    public required DateTimeOffset Time { get; init; }

    public required HostState Host { get; init; }

    public required ProcessState Process { get; init; }

    public required IReadOnlyList<CameraState> Cameras { get; init; }

    public required IReadOnlyList<PipelineState> Pipelines { get; init; }

    public required IReadOnlyList<PoolState> Pools { get; init; }

    /// <summary>Null where no child was started.</summary>
    public required SupervisorState? Supervisor { get; init; }

    public required IReadOnlyList<KeptState> Kept { get; init; }

    public required IReadOnlyList<ChildState> Children { get; init; }

    public required IReadOnlyList<StallState> Stalls { get; init; }

    public required BrowsersState Browsers { get; init; }
}

internal sealed record HostState(string Name, string Application, int ProcessId, DateTimeOffset StartedAt, int Processors, string System, string Runtime);

internal sealed record ProcessState(double UserSeconds, double SystemSeconds, double? ProcessorsUsed, long RssBytes, long ManagedBytes, int Threads);

internal sealed record CameraState
{
    public required int Index { get; init; }

    public required string Pipeline { get; init; }

    public required string Camera { get; init; }

    public required string State { get; init; }

    public required string? Failure { get; init; }

    public required int? Width { get; init; }

    public required int? Height { get; init; }

    public required string? PixelFormat { get; init; }

    public required double? NominalRate { get; init; }

    public required double? FramesPerSecond { get; init; }

    public required long Received { get; init; }

    public required long Incomplete { get; init; }

    public required long Processed { get; init; }

    public required long InFlight { get; init; }

    public required long Lost { get; init; }

    public required long Gaps { get; init; }

    public required long MissedInSilence { get; init; }

    public required IReadOnlyList<DropState> Dropped { get; init; }

    public required long Outages { get; init; }

    public required long Reconnects { get; init; }

    public required double SilenceSeconds { get; init; }

    public required HistogramState Latency { get; init; }

    public required bool HasThumbnail { get; init; }
}

internal sealed record DropState(string Place, string Reason, long Count);

internal sealed record HistogramState(long Count, double P50, double P99, double P999, double Max, IReadOnlyList<BucketState> Buckets);

/// <param name="UpTo">Null in the last bucket of all, which has no limit.</param>
/// <param name="Count">How many.</param>
internal sealed record BucketState(double? UpTo, long Count);

internal sealed record SummaryState(long Count, double P50, double P99, double P999, double Max);

internal sealed record PipelineState(string Name, int HeldBuffers, int AbandonedThreads, IReadOnlyList<StageState> Stages);

internal sealed record StageState(string Name, int Hanging, SummaryState Wait, SummaryState Work);

internal sealed record PoolState
{
    public required string Name { get; init; }

    public required int Workers { get; init; }

    public required int Ready { get; init; }

    public required int Starting { get; init; }

    public required int Spare { get; init; }

    public required long Busy { get; init; }

    public required long Queued { get; init; }

    public required long Running { get; init; }

    public required long Submitted { get; init; }

    public required long Succeeded { get; init; }

    public required long Failed { get; init; }

    public required long TimedOut { get; init; }

    public required long Cancelled { get; init; }

    public required long Rejected { get; init; }

    public required long Retries { get; init; }

    public required double? JobsPerSecond { get; init; }

    public required long Started { get; init; }

    public required long Restarts { get; init; }

    public required long Recycles { get; init; }

    public required long Kills { get; init; }

    public required int StartFailures { get; init; }

    public required string? StartFailure { get; init; }

    public required IReadOnlyList<ExitState> Exits { get; init; }

    public required int Quarantined { get; init; }

    public required SummaryState? Wait { get; init; }

    public required SummaryState? Duration { get; init; }
}

internal sealed record ExitState(string Reason, long Count);

internal sealed record SupervisorState(int? ProcessId, string? Containment, bool IsGuarded, int RunningTrees, long LeftProcesses, long LostSupervisors, long EndedOrphans);

internal sealed record KeptState(string Name, string State, int? ProcessId, long Restarts, string? LastExit);

/// <param name="ProcessId">Its number.</param>
/// <param name="ParentId">0 where the supervisor or the application is the parent.</param>
/// <param name="IsSupervised">Whether it ends with the application, however that ends.</param>
/// <param name="Name">What the system calls it.</param>
/// <param name="Path">The file of its program; empty where that may not be known.</param>
/// <param name="State">What it does.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="RssBytes">Its resident memory.</param>
/// <param name="UserSeconds">CPU time in user mode.</param>
/// <param name="SystemSeconds">CPU time in the kernel.</param>
/// <param name="Threads">How many it has.</param>
internal sealed record ChildState(
    int ProcessId, int ParentId, bool IsSupervised, string Name, string Path, string State, DateTimeOffset StartedAt, long RssBytes, double UserSeconds, double SystemSeconds, int Threads);

internal sealed record StallState(
    string Id, DateTimeOffset StartedAt, double Seconds, bool IsOver, string? Cause, double? Confidence, string Headline, IReadOnlyList<string> Activities, bool HasReport);

internal sealed record BrowsersState(int Connected, int Limit, long Refused, long DroppedEvents, long Cut);
