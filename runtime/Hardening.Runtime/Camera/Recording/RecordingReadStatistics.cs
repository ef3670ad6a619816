namespace Hardening.Camera.Recording;

/// <summary>What a <see cref="RecordingFrameSource"/> has read since it was made, and what it could not.</summary>
public sealed record RecordingReadStatistics
{
    /// <summary>Frames that were read, damaged ones included.</summary>
    public required long Frames { get; init; }

    /// <summary>Those whose pixels are damaged; delivered as <see cref="FrameStatus.Incomplete"/>.</summary>
    public required long Damaged { get; init; }

    /// <summary>Frames whose headers are damaged: left out. They leave a gap in the numbers.</summary>
    public required long Skipped { get; init; }

    /// <summary>The bytes of those.</summary>
    public required long SkippedBytes { get; init; }

    /// <summary>Frames that nobody asked for in time (<see cref="RecordingFrameSourceOptions.DriverQueue"/>). They leave a gap in the numbers.</summary>
    public required long Late { get; init; }

    /// <summary>Files that were not closed, and were read up to their last whole frame.</summary>
    public required long CutOffFiles { get; init; }

    /// <summary>Files, or rests of files, that could not be read.</summary>
    public required long UnreadableFiles { get; init; }
}
