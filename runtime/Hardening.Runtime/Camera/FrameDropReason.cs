namespace Hardening.Camera;

/// <summary>Why a frame that was received was not processed. There is one counter per reason.</summary>
public enum FrameDropReason
{
    /// <summary>The pool had no free buffer: leases are held too long, or leak.</summary>
    NoBuffer,

    /// <summary>The lane before a stage was full.</summary>
    LaneFull,

    /// <summary>A newer frame took its place in a <see cref="LanePolicy.LatestWins"/> lane.</summary>
    ReplacedByNewer,

    /// <summary>It arrived damaged, and the pipeline does not deliver damaged frames.</summary>
    Incomplete,

    /// <summary>A stage threw.</summary>
    StageFailed,

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
        FrameDropReason.StageFailed => "stage_failed",
        FrameDropReason.SinkFailed => "sink_failed",
        FrameDropReason.Stopping => "stopping",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
