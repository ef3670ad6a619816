using Microsoft.Extensions.Logging;

namespace Hardening.Camera.Recording;

/// <summary>What recordings log: 4200 when they are written, 4250 when they are read.</summary>
internal static partial class RecordingLog
{
    [LoggerMessage(4200, LogLevel.Information, "Sink {Sink} records camera {Camera} to {File}.")]
    public static partial void RecordingBegun(this ILogger logger, string sink, string camera, string file);

    [LoggerMessage(4201, LogLevel.Error, "Sink {Sink} cannot record camera {Camera} in {Directory}; its frames are not recorded, and it tries again every {RetryAfter} ({Unlogged} failures before it were not logged).")]
    public static partial void RecordingFailed(this ILogger logger, Exception exception, string sink, string camera, string directory, TimeSpan retryAfter, long unlogged);

    [LoggerMessage(4202, LogLevel.Error, "Sink {Sink} does not record camera {Camera}: {Free} bytes are free in {Directory}, and {MinFree} shall stay free ({Unlogged} times before it were not logged).")]
    public static partial void DiskFull(this ILogger logger, string sink, string camera, long free, string directory, long minFree, long unlogged);

    [LoggerMessage(4203, LogLevel.Information, "Sink {Sink} has deleted {File}, the oldest recording of camera {Camera}, to make room.")]
    public static partial void RecordingDeleted(this ILogger logger, string sink, string file, string camera);

    [LoggerMessage(4204, LogLevel.Warning, "Sink {Sink} did not record frame {Sequence} of camera {Camera}: {Waiting} of its frames wait for the disk ({Unlogged} before it were not logged).")]
    public static partial void QueueFull(this ILogger logger, string sink, long sequence, string camera, int waiting, long unlogged);

    [LoggerMessage(4205, LogLevel.Error, "Sink {Sink} could not write {Frames} frames in the time that it had to stop; they are not recorded.")]
    public static partial void NotWritten(this ILogger logger, string sink, int frames);

    [LoggerMessage(4206, LogLevel.Error, "Sink {Sink}: the disk has not answered for longer than the time to stop; the thread that waits for it is left behind, with its frame.")]
    public static partial void WriterAbandoned(this ILogger logger, string sink);

    [LoggerMessage(4207, LogLevel.Information, "Sink {Sink} records camera {Camera} again.")]
    public static partial void RecordingResumed(this ILogger logger, string sink, string camera);

    [LoggerMessage(4250, LogLevel.Warning, "Camera {Camera}: {File} cannot be read, and is left out ({Unlogged} before it were not logged).")]
    public static partial void RecordingUnreadable(this ILogger logger, Exception exception, string camera, string file, long unlogged);

    [LoggerMessage(4251, LogLevel.Warning, "Camera {Camera}: {File} is damaged: {Skipped} frames, {SkippedBytes} bytes, were left out ({Unlogged} files before it were not logged).")]
    public static partial void RecordingDamaged(this ILogger logger, string camera, string file, long skipped, long skippedBytes, long unlogged);

    [LoggerMessage(4252, LogLevel.Information, "Camera {Camera}: {File} was not closed, and is read up to its last whole frame; {Bytes} bytes come after that ({Unlogged} files before it were not logged).")]
    public static partial void RecordingCutOff(this ILogger logger, string camera, string file, long bytes, long unlogged);

    [LoggerMessage(4253, LogLevel.Warning, "Camera {Camera}: the pixels of frame {Sequence} in {File} are damaged: it is delivered as incomplete ({Unlogged} before it were not logged).")]
    public static partial void RecordedFrameDamaged(this ILogger logger, string camera, long sequence, string file, long unlogged);
}
