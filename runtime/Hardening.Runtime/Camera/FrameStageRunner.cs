using Hardening.Stalls;

namespace Hardening.Camera;

/// <summary>
/// One stage at work: a lane per camera, and a fixed number of threads that take from the lanes in turn. One private lock guards all lanes; it is
/// held for well under a microsecond, and never while a frame is worked on or given back.
/// </summary>
internal sealed class FrameStageRunner
{
    // A worker that has nothing to do looks up this often, so that its heartbeat goes on.
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(250);

    private readonly object _gate = new(); // an object rather than a Lock: workers wait on it
    private readonly FrameStageDefinition _definition;
    private readonly FrameFlow _flow;
    private readonly int _edge;
    private readonly FrameLane[] _lanes;
    private readonly Queue<FrameLane> _ready;    // each lane at most once
    private readonly SemaphoreSlim[]? _room;     // Block only: one per lane, counting its free places
    private readonly IFrameStage[] _stages;
    private readonly Thread[] _threads;
    private readonly FailureLog _failures;
    private bool _isClosed;
    private bool _isAborted;
    private int _running;

    public FrameStageRunner(FrameStageDefinition definition, int edge, int cameras, FrameFlow flow)
    {
        (_definition, _edge, _flow) = (definition, edge, flow);
        var lane = definition.Lane;
        _lanes = [.. Enumerable.Range(0, cameras).Select(camera => new FrameLane(camera, lane.Capacity, definition.ParallelPerCamera))];
        _ready = new Queue<FrameLane>(cameras);
        _room = lane.Mode == LaneMode.Block ? [.. _lanes.Select(_ => new SemaphoreSlim(lane.Capacity))] : null;
        _failures = new FailureLog(flow.Time);
        _running = definition.Workers;
        _stages = new IFrameStage[definition.Workers];
        _threads = new Thread[definition.Workers];
    }

    /// <summary>Where frames go that have left this stage in order; set before the start.</summary>
    public required IFrameExit Exit { private get; init; }

    /// <summary>Called once, by the last worker, when every frame has left or been dropped.</summary>
    public required Action Finished { private get; init; }

    /// <summary>Makes each worker's instance. What the factory throws comes out here, before anything runs.</summary>
    public void Create()
    {
        for (var worker = 0; worker < _stages.Length; worker++)
        {
            _stages[worker] = _definition.CreateForWorker()
                ?? throw new InvalidOperationException($"The factory of stage '{_definition.Name}' of pipeline '{_flow.Pipeline}' gave null for worker {worker}.");
        }
    }

    public void Start()
    {
        for (var worker = 0; worker < _threads.Length; worker++)
        {
            var stage = _stages[worker];
            _threads[worker] = new Thread(() => Work(stage)) { Name = $"{_definition.Name}#{worker}", IsBackground = true };
            _threads[worker].Start();
        }
    }

    /// <summary>Disposes instances whose threads were never started.</summary>
    public void DisposeUnstarted()
    {
        foreach (var stage in _stages)
        {
            _flow.DisposeOf(stage);
        }
    }

    /// <summary>Takes over a frame; may wait, if the lane blocks. One thread at a time for each camera.</summary>
    public void Enqueue(int camera, FrameLease lease)
    {
        var lane = _lanes[camera];
        var hasRoom = _room is null || _room[camera].Wait(_definition.Lane.Limit);
        FrameLease dropped = default;
        var reason = FrameDropReason.LaneFull;
        lock (_gate)
        {
            if (_isClosed)
            {
                (dropped, reason) = (lease, FrameDropReason.Stopping);
            }
            else if (!hasRoom)
            {
                dropped = lease;
            }
            else
            {
                if (lane.IsFull) // never with Block: there the semaphore keeps the count
                {
                    dropped = _definition.Lane.Mode == LaneMode.DropNewest ? lease : lane.RemoveOldest();
                    reason = _definition.Lane.Mode == LaneMode.LatestWins ? FrameDropReason.ReplacedByNewer : FrameDropReason.LaneFull;
                }

                if (!lane.IsFull)
                {
                    lane.Add(lease);
                    QueueIfReadyUnderLock(lane);
                }
            }
        }

        if (!dropped.IsEmpty)
        {
            _flow.Drop(camera, _edge, reason, dropped);
        }
    }

    /// <summary>No frame will come any more. What waits is still worked on, unless the stage is told to give it up.</summary>
    public void Close(bool giveUp)
    {
        lock (_gate)
        {
            _isClosed = true;
            _isAborted |= giveUp;
            Monitor.PulseAll(_gate);
        }

        foreach (var room in _room ?? [])
        {
            room.Release(); // whoever waits for room finds the stage closed
        }

        if (giveUp)
        {
            DropAll();
        }
    }

    /// <summary>Waits for the threads until a moment of the clock.</summary>
    /// <returns>How many are still there.</returns>
    public int Join(Deadline deadline) => _threads.Count(thread => thread is not null && !thread.Join(deadline.Left));

    private void Work(IFrameStage stage)
    {
        using (var heartbeat = _flow.Track(_definition.Name))
        {
            while (TryTake(heartbeat, out var lane, out var lease, out var ticket))
            {
                heartbeat?.Beat();
                PassOn(lane, ticket, Process(stage, lane.Camera, lease));
            }
        }

        _flow.DisposeOf(stage);
        if (Interlocked.Decrement(ref _running) == 0)
        {
            Finished();
        }
    }

    private bool TryTake(Heartbeat? heartbeat, out FrameLane lane, out FrameLease lease, out long ticket)
    {
        lock (_gate)
        {
            while (_isAborted || !_ready.TryDequeue(out lane!))
            {
                if (_isAborted || (_isClosed && _lanes.All(l => l.Count == 0)))
                {
                    (lane, lease, ticket) = (null!, default, 0);
                    return false;
                }

                Monitor.Wait(_gate, IdleWait);
                heartbeat?.Beat();
            }

            lane.IsQueued = false;
            lease = lane.Start(out ticket);
            QueueIfReadyUnderLock(lane);
            if (_isClosed)
            {
                Monitor.PulseAll(_gate); // with the last frame, the others can end
            }
        }

        _room?[lane.Camera].Release();
        return true;
    }

    /// <returns>The frame, or an empty lease when it was dropped.</returns>
    private FrameLease Process(IFrameStage stage, int camera, FrameLease lease)
    {
        try
        {
            stage.Process(new Frame(lease), _flow.Stop);
            return lease;
        }
        catch (OperationCanceledException) when (_flow.Stop.IsCancellationRequested)
        {
            _flow.Drop(camera, _edge, FrameDropReason.Stopping, lease);
        }
        catch (Exception e)
        {
            if (_failures.ShouldLog(out var unlogged))
            {
                _flow.Logger.StageFailed(e, _flow.Pipeline, _definition.Name, lease.Info.Camera, lease.Info.Sequence, unlogged);
            }

            _flow.Drop(camera, _edge, FrameDropReason.StageFailed, lease);
        }

        return default;
    }

    // Whoever finds the next frame in order done passes it on, and those after it; others leave that to him.
    private void PassOn(FrameLane lane, long ticket, FrameLease finished)
    {
        FrameLease next;
        lock (_gate)
        {
            lane.Finish(ticket, finished);
            if (lane.IsPassingOn || !lane.TryTakeDone(out next))
            {
                return;
            }

            lane.IsPassingOn = true;
        }

        while (true)
        {
            if (!next.IsEmpty)
            {
                Exit.Pass(lane.Camera, next);
            }

            lock (_gate)
            {
                lane.Leave();
                QueueIfReadyUnderLock(lane);
                if (!lane.TryTakeDone(out next))
                {
                    lane.IsPassingOn = false;
                    return;
                }
            }
        }
    }

    private void QueueIfReadyUnderLock(FrameLane lane)
    {
        if (lane.IsReady && !lane.IsQueued)
        {
            lane.IsQueued = true;
            _ready.Enqueue(lane);
            Monitor.Pulse(_gate);
        }
    }

    private void DropAll()
    {
        foreach (var lane in _lanes)
        {
            while (true)
            {
                FrameLease lease;
                lock (_gate)
                {
                    if (!lane.TryGiveUp(out lease))
                    {
                        break;
                    }
                }

                _flow.Drop(lane.Camera, _edge, FrameDropReason.Stopping, lease);
            }
        }
    }
}

/// <summary>Where a stage passes its frames on to, in order per camera.</summary>
internal interface IFrameExit
{
    void Pass(int camera, FrameLease lease);
}
