using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>What a pipeline logs: 4000 the pipeline, 4100 its cameras.</summary>
internal static partial class FramePipelineLog
{
    [LoggerMessage(4000, LogLevel.Information, "Pipeline {Pipeline} runs: {Cameras} cameras, {Buffers} buffers of {BufferBytes} bytes.")]
    public static partial void Started(this ILogger logger, string pipeline, int cameras, int buffers, int bufferBytes);

    [LoggerMessage(4001, LogLevel.Information, "Pipeline {Pipeline} has stopped: received {Received}, processed {Processed}, dropped {Dropped}, in flight {InFlight}, lost before us {Lost}.")]
    public static partial void Stopped(this ILogger logger, string pipeline, long received, long processed, long dropped, long inFlight, long lost);

    [LoggerMessage(4002, LogLevel.Error, "Pipeline {Pipeline}: {Threads} threads did not end in time and are left behind; the buffers that they hold stay allocated.")]
    public static partial void ThreadsAbandoned(this ILogger logger, string pipeline, int threads);

    [LoggerMessage(4003, LogLevel.Error, "Pipeline {Pipeline}: stage {Stage} threw on frame {Sequence} of camera {Camera}, which is dropped ({Unlogged} failures before it were not logged).")]
    public static partial void StageFailed(this ILogger logger, Exception exception, string pipeline, string stage, string camera, long sequence, long unlogged);

    [LoggerMessage(4004, LogLevel.Error, "Pipeline {Pipeline}: sink {Sink} threw on frame {Sequence} of camera {Camera} ({Unlogged} failures before it were not logged).")]
    public static partial void SinkFailed(this ILogger logger, Exception exception, string pipeline, string sink, string camera, long sequence, long unlogged);

    [LoggerMessage(4005, LogLevel.Error, "Pipeline {Pipeline}: disposing of a {Owned} failed.")]
    public static partial void NotDisposed(this ILogger logger, Exception exception, string pipeline, string owned);

    [LoggerMessage(4006, LogLevel.Error, "Pipeline {Pipeline}: stage {Stage} has worked on frame {Sequence} of camera {Camera} for {Elapsed}, which is dropped. {Action}")]
    public static partial void StageTimedOut(this ILogger logger, string pipeline, string stage, string camera, long sequence, TimeSpan elapsed, string action);

    [LoggerMessage(4007, LogLevel.Warning, "Pipeline {Pipeline}: {Leases} leases of '{Holder}' are older than {Limit}, the oldest {Oldest}: they may have leaked. {Site}")]
    public static partial void LeasesOld(this ILogger logger, string pipeline, int leases, string holder, TimeSpan limit, TimeSpan oldest, string site);

    [LoggerMessage(4008, LogLevel.Warning, "Pipeline {Pipeline} has stopped, and these still hold buffers: {Holders}. Their memory is freed with the last of them.")]
    public static partial void BuffersHeld(this ILogger logger, string pipeline, string holders);

    [LoggerMessage(4009, LogLevel.Warning, "Pipeline {Pipeline}: the system refuses thread {Thread} {What} ({Error}); it runs without. {Advice}")]
    public static partial void ThreadNotPlaced(this ILogger logger, string pipeline, string thread, string what, string error, string advice);

    [LoggerMessage(4100, LogLevel.Error, "Pipeline {Pipeline}: camera {Camera} failed; the others go on.")]
    public static partial void CameraFailed(this ILogger logger, Exception exception, string pipeline, string camera);

    [LoggerMessage(4101, LogLevel.Warning, "Pipeline {Pipeline}: camera {Camera} has been silent for {Silence}.")]
    public static partial void CameraSilent(this ILogger logger, string pipeline, string camera, TimeSpan silence);

    [LoggerMessage(4102, LogLevel.Information, "Pipeline {Pipeline}: camera {Camera} is back after {Silence}.")]
    public static partial void CameraBack(this ILogger logger, string pipeline, string camera, TimeSpan silence);

    [LoggerMessage(4105, LogLevel.Warning, "Pipeline {Pipeline}: camera {Camera} is closed after {Silence} without a frame, and opened again in {Pause} ({Unlogged} attempts before it were not logged).")]
    public static partial void CameraReconnecting(this ILogger logger, Exception? exception, string pipeline, string camera, TimeSpan silence, TimeSpan pause, long unlogged);

    [LoggerMessage(4106, LogLevel.Warning, "Pipeline {Pipeline} starts without camera {Camera}, which is opened when it comes.")]
    public static partial void CameraMissing(this ILogger logger, Exception exception, string pipeline, string camera);

    [LoggerMessage(4103, LogLevel.Warning, "Pipeline {Pipeline}: {Lost} frames of camera {Camera} were lost before frame {Sequence}, before they reached the pipeline ({Unlogged} gaps before it were not logged).")]
    public static partial void FramesLost(this ILogger logger, string pipeline, string camera, long lost, long sequence, long unlogged);

    [LoggerMessage(4104, LogLevel.Warning, "Pipeline {Pipeline}: no buffer for frame {Sequence} of camera {Camera}, which is dropped ({Unlogged} before it were not logged). The buffers are held by: {Holders}.")]
    public static partial void NoBuffer(this ILogger logger, string pipeline, string camera, long sequence, string holders, long unlogged);
}
