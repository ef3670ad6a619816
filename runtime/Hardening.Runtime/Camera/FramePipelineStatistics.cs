namespace Hardening.Camera;

/// <summary>What became of the frames of a pipeline, up to one moment.</summary>
/// <param name="Cameras">One entry per camera, in the order in which they were added. Each is consistent in itself.</param>
/// <param name="Latency">The time from a frame's arrival at the host to its end in the last sink, over all cameras.</param>
/// <param name="AbandonedThreads">Threads that did not end within the time to stop.</param>
/// <param name="HeldBuffers">Buffers of the pool that are out: with drivers, in flight, or leased by sinks.</param>
/// <param name="Stages">One entry per stage, in the order of the work: where frames wait, and where they take long.</param>
public sealed record FramePipelineStatistics(IReadOnlyList<CameraStatistics> Cameras, LatencySummary Latency, int AbandonedThreads, int HeldBuffers, IReadOnlyList<FrameStageStatistics> Stages);

/// <summary>How long frames take in one stage.</summary>
/// <param name="Stage">The name of the stage.</param>
/// <param name="Wait">The time in the lane before it, of the frames that were worked on.</param>
/// <param name="Work">The time of the work itself, failed or not.</param>
/// <param name="Hanging">Threads whose work has not returned within <see cref="FrameStageOptions.Timeout"/> and still has not.</param>
public readonly record struct FrameStageStatistics(string Stage, LatencySummary Wait, LatencySummary Work, int Hanging);

/// <summary>What became of the frames of one camera: <c>Received = Processed + Dropped + InFlight</c>, at any time.</summary>
public sealed record CameraStatistics
{
    /// <summary>The name of the camera.</summary>
    public required string Camera { get; init; }

    /// <summary>What the camera is doing.</summary>
    public required CameraState State { get; init; }

    /// <summary>What its source said that it delivers when it was opened last; null before.</summary>
    public FrameFormat? Format { get; init; }

    /// <summary>Frames that the source produced, whole or damaged, kept or not.</summary>
    public required long Received { get; init; }

    /// <summary>Those among <see cref="Received"/> that were damaged.</summary>
    public required long ReceivedIncomplete { get; init; }

    /// <summary>Frames that every stage and sink has taken.</summary>
    public required long Processed { get; init; }

    /// <summary>Frames between the source and their end.</summary>
    public required long InFlight { get; init; }

    /// <summary>Frames given up, by place and reason; only those that occurred.</summary>
    public required IReadOnlyList<FrameDrops> Drops { get; init; }

    /// <summary>The sum of <see cref="Drops"/>.</summary>
    public long Dropped => Drops.Sum(drop => drop.Count);

    /// <summary>Frames lost before us, told from gaps in the device's numbers: they are not among <see cref="Received"/>.</summary>
    public required long Lost { get; init; }

    /// <summary>How often the device's numbers had a gap.</summary>
    public required long Gaps { get; init; }

    /// <summary>How often the camera fell silent, or went, while it should have streamed.</summary>
    public required long Outages { get; init; }

    /// <summary>How long it was silent in all, the present silence included. A camera that has failed is silent until the pipeline is stopped.</summary>
    public required TimeSpan SilentTime { get; init; }

    /// <summary>The frames that the camera would have sent in <see cref="SilentTime"/>; 0 when it has no rate of its own. An estimate: no device number tells.</summary>
    public required long MissedInSilence { get; init; }

    /// <summary>The time from a frame's arrival at the host to its end in the last sink.</summary>
    public required LatencySummary Latency { get; init; }

    /// <summary>How often it was opened again with success.</summary>
    public required long Reconnects { get; init; }

    /// <summary>Those among <see cref="Reconnects"/> that followed a silence, without an error of the camera's source.</summary>
    public required long ReconnectsOfSilent { get; init; }

    /// <summary>Why the camera failed; null unless <see cref="State"/> is <see cref="CameraState.Failed"/> or <see cref="CameraState.Reconnecting"/>.</summary>
    public Exception? Failure { get; init; }
}

/// <summary>Frames given up at one place for one reason.</summary>
/// <param name="Edge">Where: <c>capture</c>, or the name of the stage that it was to enter or that failed, or of the sink.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many.</param>
public readonly record struct FrameDrops(string Edge, FrameDropReason Reason, long Count);

/// <summary>What a camera of a pipeline is doing.</summary>
public enum CameraState
{
    /// <summary>Being opened, or waiting for the others.</summary>
    Starting,

    /// <summary>Frames come.</summary>
    Streaming,

    /// <summary>No frame has come for <see cref="FramePipelineOptions.SilentAfter"/>.</summary>
    Silent,

    /// <summary>It is closed, and opened again and again until it is back.</summary>
    Reconnecting,

    /// <summary>The stream is over, as it should be, or was stopped.</summary>
    Ended,

    /// <summary>The camera is gone, and is not opened again.</summary>
    Failed,
}

/// <summary>A distribution of latencies. Percentiles are upper bounds, exact to 1/32.</summary>
/// <param name="Count">How many were measured.</param>
/// <param name="P50">Half were no longer than this.</param>
/// <param name="P99">99 of 100 were no longer than this.</param>
/// <param name="P999">999 of 1,000 were no longer than this.</param>
/// <param name="Max">The longest, exactly.</param>
public readonly record struct LatencySummary(long Count, TimeSpan P50, TimeSpan P99, TimeSpan P999, TimeSpan Max);
