using System.Diagnostics;
using Hardening.Interop;
using Hardening.Stalls;
using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>What the capture threads and the stages of one pipeline share.</summary>
internal sealed class FrameFlow(string pipeline, TimeProvider time, ILogger logger, StallWatchdog? watchdog, FrameLedger[] ledgers) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public string Pipeline => pipeline;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    public FrameLedger[] Ledgers => ledgers;

    public FrameTracing Tracing { get; } = new(pipeline, time, ledgers);

    /// <summary>Cancelled when the time to drain is over.</summary>
    public CancellationToken Stop => _stop.Token;

    public Task GiveUpAsync() => _stop.CancelAsync();

    /// <summary>Ends a frame that is given up.</summary>
    public void Drop(int camera, int edge, FrameDropReason reason, FrameLease lease)
    {
        var span = Tracing.Take(lease);
        lease.Dispose();
        Drop(camera, edge, reason, span);
    }

    /// <summary>Ends a frame that is given up, and whose lease is another's to give back.</summary>
    /// <param name="camera">Whose frame it is.</param>
    /// <param name="edge">Where it is dropped.</param>
    /// <param name="reason">Why.</param>
    /// <param name="span">Its span, if it has one.</param>
    public void Drop(int camera, int edge, FrameDropReason reason, Activity? span)
    {
        if (span is not null)
        {
            Tracing.EndDropped(span, camera, edge, reason);
        }

        ledgers[camera].Dropped(edge, reason);
    }

    /// <summary>A heartbeat for the calling thread, if somebody watches.</summary>
    public Heartbeat? Track(string activity) => watchdog?.Track($"{pipeline}/{activity}");

    /// <summary>Puts the calling thread where it belongs, without the span in which the pipeline was started. What the system refuses is told, and the thread goes on as it is.</summary>
    public void Place(string thread, FrameThreadOptions options)
    {
        Activity.Current = null;
        if (options.Processors.Count > 0)
        {
            Tell(Libc.TryUseProcessors(options.Processors), $"processors {string.Join(", ", options.Processors)}", "Are they there, and allowed to this process or container?");
        }

        if (options.RealTimePriority is { } priority)
        {
            Tell(Libc.TryRunInRealTime(priority), $"real-time priority {priority}", "Allow it with CAP_SYS_NICE, or a limit RLIMIT_RTPRIO.");
        }

        if (options.Nice is { } nice)
        {
            Tell(Libc.TryBeNice(nice), $"niceness {nice}", "Allow it with CAP_SYS_NICE, or a limit RLIMIT_NICE.");
        }

        void Tell(string? error, string what, string advice)
        {
            if (error is not null)
            {
                logger.ThreadNotPlaced(pipeline, thread, what, error, advice);
            }
        }
    }

    /// <summary>Disposes what was given to the pipeline, if it is disposable; a failure is logged, since nobody could act on it.</summary>
    public void DisposeOf(object? owned)
    {
        try
        {
            (owned as IDisposable)?.Dispose();
        }
        catch (Exception e)
        {
            logger.NotDisposed(e, pipeline, owned!.GetType().Name);
        }
    }

    public void Dispose() => _stop.Dispose();
}

/// <summary>Lets one failure in 5 s through to the log, with the number of those that were held back: a camera can fail 1,000 times a second.</summary>
internal sealed class FailureLog(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long? _last;
    private long _unlogged;

    public bool ShouldLog(out long unlogged)
    {
        lock (_gate)
        {
            unlogged = _unlogged;
            if (_last is { } last && time.GetElapsedTime(last) < Pause)
            {
                _unlogged++;
                return false;
            }

            (_last, _unlogged) = (time.GetTimestamp(), 0);
            return true;
        }
    }
}

/// <summary>A moment on a clock until which several waits may take together.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan limit)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Left => limit - time.GetElapsedTime(_start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
