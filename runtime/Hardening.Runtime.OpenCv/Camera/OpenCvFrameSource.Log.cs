using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCvSharp;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Hardening.Camera;

/// <content>What is logged of OpenCV: event ids 4180 to 4189.</content>
public sealed partial class OpenCvFrameSource
{
    private ILogger _logger = NullLogger.Instance;

    private void LogThreads()
    {
        var state = OpenCvThreads.Read();
        LogLibrary(Name, state.Version, state.Framework, state.Reported, state.VisibleProcessors);
        if (state.IsChanged)
        {
            LogThreadsChanged(Name, state.Configured!.Value, state.Reported);
        }
        else if (state.Configured is null && state.Reported > 1)
        {
            LogThreadsNotConfigured(Name, state.Reported);
        }
    }

    [LoggerMessage(4180, LogLevel.Information, "Camera {Camera} is {Target}, opened by {Backend}: {Width}x{Height} {PixelFormat} at {FrameRate} Hz.")]
    private partial void LogOpened(string camera, string target, VideoCaptureAPIs backend, int width, int height, PixelFormat pixelFormat, double? frameRate);

    [LoggerMessage(4181, LogLevel.Warning, "Camera {Camera}: a call into OpenCV did not return in time, and its capture is left to its thread. {Hanging} of this camera hang now, of {Most} that may.")]
    internal partial void LogAbandoned(string camera, int hanging, int most);

    [LoggerMessage(4182, LogLevel.Information, "Camera {Camera}: a capture that was left to its thread has returned and is closed. {Hanging} of this camera hang now.")]
    internal partial void LogCameBack(string camera, int hanging);

    [LoggerMessage(4183, LogLevel.Information, "Camera {Camera} ended after {Frames} frames; its header says {Announced}.")]
    internal partial void LogEnded(string camera, long frames, long announced);

    [LoggerMessage(4184, LogLevel.Warning, "Camera {Camera}: OpenCV could not close its capture.")]
    internal partial void LogNotClosed(Exception failure, string camera);

    [LoggerMessage(4185, LogLevel.Information, "Camera {Camera}: OpenCV {Version} ({Framework}) runs its functions on {Threads} threads; {Processors} processors are visible.")]
    private partial void LogLibrary(string camera, string version, string framework, int threads, int processors);

    [LoggerMessage(4186, LogLevel.Warning, "Camera {Camera}: each OpenCV function runs on {Threads} threads. Where stages run in parallel these get in each other's way: call OpenCvThreads.Configure() once at start.")]
    private partial void LogThreadsNotConfigured(string camera, int threads);

    [LoggerMessage(4187, LogLevel.Warning, "Camera {Camera}: OpenCV was set to {Configured} threads and runs on {Threads} now: other code of this process has called SetNumThreads.")]
    private partial void LogThreadsChanged(string camera, int configured, int threads);
}
