using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Camera.Recording;

/// <summary>
/// Writes frames to files that can be replayed (<see cref="RecordingFrameSource"/>) or read in any language (docs/runtime/recordings.md). Frames wait, leased, in a
/// bounded queue per camera for the sink's own thread, so that no disk, however slow or full, holds the pipeline up: a frame for which there is no place is counted.
/// </summary>
/// <remarks>Frames that are not recorded are in the sink's own books (<see cref="GetStatistics"/>): in the pipeline's they are processed, since all else was done with them.</remarks>
public sealed class RecordingSink : IFrameSink, IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(200);

    private readonly RecordingSinkOptions _options;
    private readonly RecordingDisk _disk;
    private readonly ConcurrentDictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly object _gate = new(); // no Lock: see FrameLedger
    private readonly List<Lane> _turns = [];
    private FrameSinkContext _context = new(TimeProvider.System, NullLogger.Instance, Meter: null);
    private FailureLog _queueFull = new(TimeProvider.System);
    private Thread? _writer;
    private int _turn;
    private bool _isClosing;

    /// <summary>Makes a sink, which touches no file before its first frame.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public RecordingSink(RecordingSinkOptions options)
        : this(options, new RecordingDisk())
    {
    }

    internal RecordingSink(RecordingSinkOptions options, RecordingDisk disk)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new RecordingSinkOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(RecordingSinkOptions), failed.Failures!);
        }

        (_options, _disk) = (options, disk);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int HeldFrames => _options.QueueFrames + 1; // and the one that is being written

    /// <inheritdoc/>
    public void Open(FrameSinkContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_context, _queueFull) = (context, new FailureLog(context.Time));
        if (context.Meter is { } meter)
        {
            _ = new RecordingMetrics(meter, Name, GetStatistics);
        }
    }

    /// <inheritdoc/>
    public void Consume(in Frame frame, CancellationToken stop)
    {
        var camera = frame.Info.Camera;
        if (!_lanes.TryGetValue(camera, out var lane))
        {
            lane = Add(camera);
        }

        lock (_gate)
        {
            if (_isClosing)
            {
                lane.Tally.Refused(RecordingDropReason.Stopping);
                return;
            }

            if (lane.Frames.Count < _options.QueueFrames)
            {
                lane.Frames.Enqueue(frame.Lease(Name));
                lane.Tally.Taken();
                Monitor.Pulse(_gate);
                return;
            }

            lane.Tally.Refused(RecordingDropReason.QueueFull);
        }

        if (_queueFull.ShouldLog(out var unlogged))
        {
            _context.Logger.QueueFull(Name, frame.Info.Sequence, camera, _options.QueueFrames, unlogged);
        }
    }

    /// <summary>What became of the frames so far, by camera.</summary>
    public IReadOnlyList<RecordedCamera> GetStatistics()
    {
        lock (_gate)
        {
            return [.. _turns.Select(lane => lane.Tally.Snapshot(lane.Frames.Count + (lane.IsWriting ? 1 : 0), lane.Track))];
        }
    }

    /// <summary>
    /// Writes what waits, for up to <see cref="RecordingSinkOptions.StopTimeout"/>, drops and counts the rest, and closes the files, for as long again. A disk that
    /// does not answer by then is left to its thread, which gives its frame back when it does. Called by the pipeline after its last frame.
    /// </summary>
    public void Dispose()
    {
        Thread? writer;
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
            writer = _writer;
        }

        if (writer is null || writer.Join(_options.StopTimeout))
        {
            return;
        }

        if (GiveUp() is > 0 and var frames)
        {
            _context.Logger.NotWritten(Name, frames);
        }

        if (!writer.Join(_options.StopTimeout))
        {
            _context.Logger.WriterAbandoned(Name);
        }
    }

    private Lane Add(string camera)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(camera, out var lane))
            {
                lane = new Lane(camera, _options.QueueFrames, new RecordingTrack(camera, _options, _disk, _context));
                _turns.Add(lane);
                _lanes[camera] = lane;
            }

            if (_writer is null && !_isClosing)
            {
                _writer = new Thread(Run) { Name = Name, IsBackground = true };
                _writer.Start();
            }

            return lane;
        }
    }

    private void Run()
    {
        while (TryTake(out var lane, out var lease))
        {
            if (lane is null)
            {
                Array.ForEach(Lanes(), idle => idle.Track.Idle());
                continue;
            }

            var dropped = lane.Track.Write(new Frame(lease), out var bytes);
            lease.Dispose();
            lock (_gate)
            {
                lane.IsWriting = false;
                if (dropped is { } reason)
                {
                    lane.Tally.Dropped(reason);
                }
                else
                {
                    lane.Tally.Written(bytes);
                }
            }
        }

        Array.ForEach(Lanes(), lane => lane.Track.End());
    }

    /// <returns>False at the end. Without a lane when there was nothing for a while.</returns>
    private bool TryTake(out Lane? lane, out FrameLease lease)
    {
        lock (_gate)
        {
            for (var waited = false; ; waited = true)
            {
                for (var i = 0; i < _turns.Count; i++)
                {
                    // In turn, so that a camera whose frames are many does not keep another's from the disk.
                    _turn = (_turn + 1) % _turns.Count;
                    lane = _turns[_turn];
                    if (lane.Frames.TryDequeue(out lease))
                    {
                        lane.IsWriting = true;
                        return true;
                    }
                }

                (lane, lease) = (null, default);
                if (_isClosing || waited)
                {
                    return !_isClosing;
                }

                Monitor.Wait(_gate, IdleWait);
            }
        }
    }

    private int GiveUp()
    {
        var given = 0;
        lock (_gate)
        {
            foreach (var lane in _turns)
            {
                for (; lane.Frames.TryDequeue(out var lease); given++)
                {
                    lease.Dispose();
                    lane.Tally.Dropped(RecordingDropReason.Stopping);
                }
            }
        }

        return given;
    }

    private Lane[] Lanes()
    {
        lock (_gate)
        {
            return [.. _turns];
        }
    }

    /// <summary>The frames of one camera that wait, under the gate.</summary>
    private sealed class Lane(string camera, int capacity, RecordingTrack track)
    {
        public RecordingTrack Track => track;

        public Queue<FrameLease> Frames { get; } = new(capacity);

        public RecordingTally Tally { get; } = new(camera);

        public bool IsWriting { get; set; }
    }
}
