namespace Hardening.Camera;

/// <summary>Why a frame that was received was not processed. There is one counter per reason.</summary>
public enum FrameDropReason
{
    /// <summary>The camera's share of the pool's buffers was out, or the pool had none free: leases are held too long, or leak.</summary>
    NoBuffer,

    /// <summary>The lane before a stage was full.</summary>
    LaneFull,

    /// <summary>A newer frame took its place in a <see cref="LanePolicy.LatestWins"/> lane.</summary>
    ReplacedByNewer,

    /// <summary>It arrived damaged, and the pipeline does not deliver damaged frames.</summary>
    Incomplete,

    /// <summary>It was older than <see cref="FramePipelineOptions.MaxAge"/> when a stage was to work on it.</summary>
    PastDeadline,

    /// <summary>A stage threw.</summary>
    StageFailed,

    /// <summary>A stage did not return within <see cref="FrameStageOptions.Timeout"/>.</summary>
    StageTimedOut,

    /// <summary>The process that worked on it ended, was too late, or failed.</summary>
    WorkerFailed,

    /// <summary>There was no place for it in a pool of processes, or no process.</summary>
    WorkersBusy,

    /// <summary>A sink threw.</summary>
    SinkFailed,

    /// <summary>The pipeline was stopping, and its time to drain was over.</summary>
    Stopping,
}

internal static class FrameDropReasons
{
    public static readonly int Count = Enum.GetValues<FrameDropReason>().Length;

    /// <summary>The value of the metric attribute <c>hardening.drop.reason</c>.</summary>
    public static string ToMetricValue(FrameDropReason reason) => reason switch
    {
        FrameDropReason.NoBuffer => "no_buffer",
        FrameDropReason.LaneFull => "lane_full",
        FrameDropReason.ReplacedByNewer => "replaced_by_newer",
        FrameDropReason.Incomplete => "incomplete",
        FrameDropReason.PastDeadline => "past_deadline",
        FrameDropReason.StageFailed => "stage_failed",
        FrameDropReason.StageTimedOut => "stage_timed_out",
        FrameDropReason.WorkerFailed => "worker_failed",
        FrameDropReason.WorkersBusy => "workers_busy",
        FrameDropReason.SinkFailed => "sink_failed",
        FrameDropReason.Stopping => "stopping",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
