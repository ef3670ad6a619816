using System.Diagnostics.Metrics;
using Hardening.Stalls;
using Microsoft.Extensions.Logging;

namespace Hardening.Camera;

/// <summary>
/// Cameras, stages and sinks at work. Each camera has a capture thread and each stage a fixed number of threads; what passes between them is
/// bounded and counted: every frame that a source produced is in the end processed or dropped with a reason. In the steady state no managed memory is allocated.
/// </summary>
/// <remarks>Runs once: made by a <see cref="FramePipelineBuilder"/>, started, stopped, disposed. Members may be called from any thread.</remarks>
public sealed class FramePipeline : IAsyncDisposable
{
    private readonly FramePipelineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Meter? _ownMeter;
    private readonly FrameFlow _flow;
    private readonly FrameCapture[] _captures;
    private readonly FrameStageRunner[] _stages;
    private readonly FrameStageDefinition[] _definitions;
    private readonly IFrameSink[] _sinks;
    private readonly FrameSinkExit _exit;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _lifecycle = new(1); // one start or stop at a time
    private State _state;
    private FramePool? _pool;
    private FrameWatch? _watch;
    private int _capturing;
    private int _abandoned;

    internal FramePipeline(
        string name, FramePipelineOptions options, IFrameSource[] sources, FrameStageDefinition[] stages, IFrameSink[] sinks,
        TimeProvider time, ILoggerFactory loggers, IMeterFactory? meters, StallWatchdog? watchdog)
    {
        Name = name;
        (_options, _definitions, _sinks, _time) = (options, stages, sinks, time);
        _logger = loggers.CreateLogger<FramePipeline>();
        string[] edges = ["capture", .. stages.Select(stage => stage.Name), .. sinks.Select(sink => sink.Name)];
        FrameLedger[] ledgers = [.. sources.Select(source => new FrameLedger(source.Name, edges, time))];
        var meter = RuntimeMeter.Create(meters, new KeyValuePair<string, object?>("hardening.pipeline.name", name));
        _ownMeter = meters is null ? meter : null;
        _flow = new FrameFlow(name, time, _logger, watchdog, ledgers);
        var sinkContext = new FrameSinkContext(time, loggers.CreateLogger(typeof(IFrameSink).FullName!), meter);
        Array.ForEach(sinks, sink => sink.Open(sinkContext));
        _exit = new FrameSinkExit(_flow, sinks, firstEdge: 1 + stages.Length, new FramePipelineMetrics(meter, ledgers).Age);
        _stages = new FrameStageRunner[stages.Length];
        for (var i = stages.Length - 1; i >= 0; i--)
        {
            var next = i + 1 < stages.Length ? _stages[i + 1] : null;
            _stages[i] = new FrameStageRunner(stages[i], edge: 1 + i, sources.Length, _flow, options.MaxAge)
            {
                Exit = next is null ? _exit : new FrameStageExit(next),
                Finished = next is null ? FinishLast : () => next.Close(giveUp: false),
            };
        }

        var context = new FrameSourceContext(time, loggers.CreateLogger(typeof(IFrameSource).FullName!), meter);
        _captures = [.. sources.Select((source, camera) => new FrameCapture(source, camera, _flow, options, context) { First = _stages[0], Finished = FinishCapture })];
        _capturing = _captures.Length;
    }

    private enum State
    {
        Made,
        Running,
        Stopped,
    }

    /// <summary>The name in metrics, logs and the names of threads.</summary>
    public string Name { get; }

    /// <summary>Completes when every camera has ended or failed and every frame is processed or dropped.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Opens all cameras at once, makes a pool that fits them, and starts the streams. Where one camera cannot be had, none runs.</summary>
    /// <exception cref="FrameSourceException">A camera is missing, refuses a setting, or did not open in time.</exception>
    /// <exception cref="InsufficientMemoryException">The pool would be larger than allowed, or than the system provides.</exception>
    /// <exception cref="InvalidOperationException">The pipeline was started before.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != State.Made)
            {
                throw new InvalidOperationException($"Pipeline '{Name}' was started before, and runs once: build another.");
            }

            _state = State.Running;
            try
            {
                await StartUnderLockAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await StopUnderLockAsync(new Deadline(_time, TimeSpan.Zero), CancellationToken.None).ConfigureAwait(false);
                throw;
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Stops the cameras, processes what is in flight for up to <see cref="FramePipelineOptions.DrainTimeout"/>, and drops the rest with <see cref="FrameDropReason.Stopping"/>.</summary>
    /// <param name="cancellationToken">Ends the time to drain at once; the pipeline is still stopped in order.</param>
    /// <remarks>Takes no longer than the time to drain and twice <see cref="FramePipelineOptions.StopTimeout"/>, whatever hangs. Does nothing when it does not run.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false); // whoever holds it is bounded
        try
        {
            if (_state == State.Running)
            {
                await StopUnderLockAsync(new Deadline(_time, _options.DrainTimeout), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>What became of the frames so far.</summary>
    public FramePipelineStatistics GetStatistics()
    {
        var latency = new LatencyHistogram();
        Array.ForEach(_flow.Ledgers, ledger => ledger.AddLatencyTo(latency));
        return new([.. _flow.Ledgers.Select(ledger => ledger.Snapshot())], latency.Summarize(), Volatile.Read(ref _abandoned), _pool?.Rented ?? 0, [.. _stages.Select(stage => stage.Snapshot())]);
    }

    /// <summary>How long the frames of one camera took, from their arrival at the host to their end in the last sink: a copy, which takes 10 KB.</summary>
    /// <exception cref="ArgumentException">There is no such camera.</exception>
    public LatencyHistogram GetLatencies(string camera)
    {
        var ledger = Array.Find(_flow.Ledgers, ledger => ledger.Camera == camera) ?? throw new ArgumentException($"Pipeline '{Name}' has no camera '{camera}'.", nameof(camera));
        var copy = new LatencyHistogram();
        ledger.AddLatencyTo(copy);
        return copy;
    }

    /// <summary>Stops the pipeline if it runs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false); // whoever holds it is bounded
        try
        {
            if (_state == State.Running)
            {
                await StopUnderLockAsync(new Deadline(_time, _options.DrainTimeout), CancellationToken.None).ConfigureAwait(false);
            }
            else if (_state == State.Made)
            {
                _state = State.Stopped;
                Array.ForEach(_captures, capture => capture.Dispose());
                _exit.DisposeSinks();
                _flow.Dispose();
            }

            _ownMeter?.Dispose();
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task StartUnderLockAsync(CancellationToken cancellationToken)
    {
        Array.ForEach(_stages, stage => stage.Create());
        Array.ForEach(_captures, capture => capture.Open());
        var deadline = new Deadline(_time, _options.OpenTimeout);
        await AllAsync(capture => capture.Opened, "open", deadline, cancellationToken).ConfigureAwait(false);

        var formats = await Task.WhenAll(_captures.Select(capture => capture.Opened)).ConfigureAwait(false); // all have completed
        _pool = MakePool(SlotBytes(formats));
        _flow.Tracing.Prepare(_pool);
        Array.ForEach(_stages, stage => stage.Start());
        Array.ForEach(_captures, capture => capture.Begin(_pool, FramesOut()));
        await AllAsync(capture => capture.Started, "start", deadline, cancellationToken).ConfigureAwait(false);
        _watch = new FrameWatch(_flow, _options, _pool, _captures, _stages, _definitions, _sinks);
        _logger.Started(Name, _captures.Length, _pool.Slots, _pool.SlotBytes);
    }

    private async Task AllAsync(Func<FrameCapture, Task> step, string verb, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_captures.Select(step)).WaitAsync(deadline.Left, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            var late = _captures.First(capture => !step(capture).IsCompleted).Name;
            throw new FrameSourceException(late, $"Camera '{late}' did not {verb} within {_options.OpenTimeout}; check that it is reachable, or raise {nameof(FramePipelineOptions.OpenTimeout)}.", e);
        }
    }

    private int SlotBytes(FrameFormat?[] formats)
    {
        var largest = formats.Max(format => format?.PayloadBytes); // null where none is there
        return Math.Max(largest ?? 0, _options.FrameBytes ?? 0) is > 0 and var bytes
            ? bytes
            : throw new FrameSourceException(_captures[0].Name, $"No camera of pipeline '{Name}' is there, so nobody knows how large its frames are: set {nameof(FramePipelineOptions.FrameBytes)} to start without any.");
    }

    // Each place where a frame of one camera can be at once, counted: no more may be out, so that a sink that holds more than it said costs that camera's frames alone.
    private int FramesOut() => 1 + _sinks.Sum(sink => sink.HeldFrames) + _definitions.Sum(stage => stage.Lane.Capacity + stage.ParallelPerCamera + stage.MaxAbandoned);

    // Beside that, what the drivers have, and one that is filled before it is known to be too many. Threads that hang are so many in all, not of each camera.
    private FramePool MakePool(int slotBytes)
    {
        var hanging = _definitions.Sum(stage => stage.MaxAbandoned);
        var slots = _captures.Sum(capture => capture.DriverBuffers + 1 + FramesOut() - hanging) + hanging;
        var poolBytes = (long)slots * slotBytes;
        return poolBytes <= _options.MaxPoolBytes
            ? new FramePool(slots, slotBytes) { TracksLeases = _options.TrackLeases, FramesOut = new int[_captures.Length] }
            : throw new InsufficientMemoryException($"Pipeline '{Name}' needs {slots:N0} buffers of {slotBytes:N0} bytes, {poolBytes:N0} in all, and may take {_options.MaxPoolBytes:N0}: shorten its lanes, or raise {nameof(FramePipelineOptions.MaxPoolBytes)}.");
    }

    private async Task StopUnderLockAsync(Deadline drain, CancellationToken cancellationToken)
    {
        _state = State.Stopped;
        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        Array.ForEach(_flow.Ledgers, ledger => ledger.Stopped());
        var wasStarted = _pool is not null;
        await Task.WhenAll(_captures.Select(capture => capture.RequestStopAsync())).ConfigureAwait(false);
        if (wasStarted)
        {
            // The capture threads close the first stage as they end, each stage the next: what is in flight drains of itself.
            await CompletedWithinAsync(drain.Left, cancellationToken).ConfigureAwait(false);
        }

        await _flow.GiveUpAsync().ConfigureAwait(false);
        Array.ForEach(_stages, stage => stage.Close(giveUp: true));
        _abandoned = await Task.Factory.StartNew(JoinThreads, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        if (!wasStarted)
        {
            Array.ForEach(_stages, stage => stage.DisposeUnstarted());
            _exit.DisposeSinks();
            _completion.TrySetResult();
        }

        _pool?.Dispose();
        if (_pool?.DescribeHolders() is { Length: > 0 } holders)
        {
            _logger.BuffersHeld(Name, holders);
        }

        var cameras = GetStatistics().Cameras;
        _logger.Stopped(Name, cameras.Sum(c => c.Received), cameras.Sum(c => c.Processed), cameras.Sum(c => c.Dropped), cameras.Sum(c => c.InFlight), cameras.Sum(c => c.Lost));
        if (_abandoned > 0)
        {
            _logger.ThreadsAbandoned(Name, _abandoned);
        }
        else
        {
            Array.ForEach(_captures, capture => capture.Dispose());
            _flow.Dispose();
        }
    }

    private async Task CompletedWithinAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            await Completion.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // the rest is given up
        }
    }

    private int JoinThreads()
    {
        var deadline = new Deadline(_time, _options.StopTimeout);
        return _stages.Sum(stage => stage.Join(deadline)) + _captures.Count(capture => !capture.Join(deadline));
    }

    private void FinishCapture()
    {
        if (Interlocked.Decrement(ref _capturing) == 0)
        {
            _stages[0].Close(giveUp: false);
        }
    }

    private void FinishLast()
    {
        _exit.DisposeSinks();
        _completion.TrySetResult();
    }
}
