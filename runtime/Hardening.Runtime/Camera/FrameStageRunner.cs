using System.Diagnostics;
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
    private readonly TimeSpan? _maxAge;
    private readonly FrameLane[] _lanes;
    private readonly Queue<FrameLane> _ready;    // each lane at most once
    private readonly SemaphoreSlim[]? _room;     // Block only: one per lane, counting its free places
    private readonly FrameWorker[] _workers;      // one for each place
    private readonly List<FrameWorker> _abandoned = []; // those whose work has not returned yet
    private readonly FailureLog _failures;
    private readonly FrameStepName _span;
    private readonly LatencyHistogram _wait = new();
    private readonly LatencyHistogram _work = new();
    private bool _isStarted;
    private bool _isClosed;
    private bool _isAborted;
    private int _running;

    public FrameStageRunner(FrameStageDefinition definition, int edge, int cameras, FrameFlow flow, TimeSpan? maxAge)
    {
        (_definition, _edge, _flow, _maxAge) = (definition, edge, flow, maxAge);
        var lane = definition.Lane;
        _lanes = [.. Enumerable.Range(0, cameras).Select(camera => new FrameLane(camera, lane.Capacity, definition.ParallelPerCamera))];
        _ready = new Queue<FrameLane>(cameras);
        _room = lane.Mode == LaneMode.Block ? [.. _lanes.Select(_ => new SemaphoreSlim(lane.Capacity))] : null;
        _failures = new FailureLog(flow.Time);
        _span = new FrameStepName("stage", definition.Name, flow.Ledgers);
        _running = definition.Workers;
        _workers = new FrameWorker[HasThreads ? definition.Workers : cameras];
    }

    /// <summary>Where frames go that have left this stage in order; set before the start.</summary>
    public required IFrameExit Exit { private get; init; }

    /// <summary>Called once, by the last worker, when every frame has left or been dropped.</summary>
    public required Action Finished { private get; init; }

    private bool HasThreads => _definition.Workers > 0;

    /// <summary>How long frames wait and are worked on.</summary>
    public FrameStageStatistics Snapshot()
    {
        lock (_gate)
        {
            return new FrameStageStatistics(_definition.Name, _wait.Summarize(), _work.Summarize(), _abandoned.Count);
        }
    }

    /// <summary>Makes each worker's instance. What the factory throws comes out here, before anything runs.</summary>
    public void Create()
    {
        for (var number = 0; number < _workers.Length; number++)
        {
            _workers[number] = new FrameWorker(number, _flow.Stop) { Stage = CreateStage(number) };
        }
    }

    public void Start()
    {
        _isStarted = true;
        foreach (var worker in HasThreads ? _workers : [])
        {
            Start(worker, () => Work(worker));
        }
    }

    /// <summary>Disposes instances that no thread of this stage has.</summary>
    public void DisposeUnstarted()
    {
        foreach (var worker in _workers)
        {
            _flow.DisposeOf(worker?.Stage);
            worker?.Dispose();
        }
    }

    /// <summary>Takes over a frame; may wait, if the lane blocks. One thread at a time for each camera.</summary>
    public void Enqueue(int camera, FrameLease lease)
    {
        if (!HasThreads)
        {
            WorkHere(camera, lease);
            return;
        }

        var lane = _lanes[camera];
        var hasRoom = _room is null || _room[camera].Wait(_definition.Lane.Limit);
        FrameLease dropped = default;
        var reason = FrameDropReason.LaneFull;
        var now = _flow.Time.GetTimestamp();
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
                    lane.Add(lease, now);
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
        else if (!HasThreads && _isStarted)
        {
            DisposeUnstarted(); // those who brought frames have ended
            Finished();
        }
    }

    /// <summary>Waits for the threads until a moment of the clock.</summary>
    /// <returns>How many are still there.</returns>
    public int Join(Deadline deadline)
    {
        FrameWorker[] all;
        lock (_gate)
        {
            all = [.. _workers, .. _abandoned];
        }

        return all.Count(worker => worker?.Thread is { } thread && !thread.Join(deadline.Left));
    }

    /// <summary>Gives up on work that takes too long: its frame is dropped, and another thread takes its place. The frame's buffer stays with the call that hangs.</summary>
    public void LookForHanging()
    {
        if (_definition.Timeout is not { } limit)
        {
            return;
        }

        for (var place = 0; place < _workers.Length; place++)
        {
            FrameWorker hanging, successor;
            TimeSpan elapsed;
            FrameInfo info;
            Activity? span;
            int count;
            lock (_gate)
            {
                hanging = _workers[place];
                elapsed = hanging.Lane is null ? TimeSpan.Zero : _flow.Time.GetElapsedTime(hanging.Since);
                if (elapsed <= limit || _isAborted || _abandoned.Count >= _definition.MaxAbandoned)
                {
                    continue;
                }

                info = hanging.Lease.Info;
                span = _flow.Tracing.Take(hanging.Lease);
                hanging.IsAbandoned = true;
                _abandoned.Add(hanging);
                successor = _workers[place] = new FrameWorker(place, _flow.Stop);
                count = _abandoned.Count;
            }

            _flow.Logger.StageTimedOut(_flow.Pipeline, _definition.Name, info.Camera, info.Sequence, elapsed, count < _definition.MaxAbandoned
                ? "Another thread takes the place of the one that hangs."
                : $"Another thread takes the place of the one that hangs; as {count} hang, the next one will not be replaced.");
            _flow.Drop(hanging.Lane!.Camera, _edge, FrameDropReason.StageTimedOut, span);
            StartSuccessor(hanging, successor);
        }
    }

    // Apart, so that a look that finds nothing makes no closure.
    private void StartSuccessor(FrameWorker hanging, FrameWorker successor) => Start(successor, () => TakeThePlaceOf(hanging, successor));

    private IFrameStage CreateStage(int worker) =>
        _definition.CreateForWorker()
            ?? throw new InvalidOperationException($"The factory of stage '{_definition.Name}' of pipeline '{_flow.Pipeline}' gave null for worker {worker}.");

    private void Start(FrameWorker worker, Action work)
    {
        var name = $"{_definition.Name}#{worker.Number}";
        worker.Thread = new Thread(() =>
        {
            _flow.Place(name, _definition.Threads);
            work();
        })
        { Name = name, IsBackground = true };
        worker.Thread.Start();
    }

    private void TakeThePlaceOf(FrameWorker hanging, FrameWorker worker)
    {
        _ = hanging.CancelAsync(); // its own work may end by that; whatever its callbacks throw is its own
        PassOn(hanging.Lane!, hanging.Ticket, default);
        try
        {
            worker.Stage = CreateStage(worker.Number);
        }
        catch (Exception e)
        {
            worker.Stage = new BrokenStage(e); // its frames are dropped and say why, rather than wait for ever
        }

        Work(worker);
    }

    // One thread at a time for each camera brings frames, so that nothing stands in its lane but the frame in hand.
    private void WorkHere(int camera, FrameLease lease)
    {
        var worker = _workers[camera];
        var now = _flow.Time.GetTimestamp();
        bool isClosed;
        lock (_gate)
        {
            isClosed = _isClosed;
            if (!isClosed)
            {
                var lane = _lanes[camera];
                lane.Add(lease, now);
                worker.Begin(lane, lane.Start(out var ticket, out _), ticket, now, TimeSpan.Zero);
                _wait.Record(TimeSpan.Zero);
            }
        }

        if (isClosed)
        {
            _flow.Drop(camera, _edge, FrameDropReason.Stopping, lease);
        }
        else
        {
            End(worker, IsLate(worker) ? FrameDropReason.PastDeadline : Process(worker));
        }
    }

    private void Work(FrameWorker worker)
    {
        using (var heartbeat = _flow.Track(_definition.Name))
        {
            while (TryTake(worker, heartbeat))
            {
                heartbeat?.Beat();
                if (!End(worker, IsLate(worker) ? FrameDropReason.PastDeadline : Process(worker)))
                {
                    break; // another has its place
                }
            }
        }

        worker.Dispose();
        if (worker.IsAbandoned && IsShared(worker.Stage))
        {
            return; // others still work with it
        }

        _flow.DisposeOf(worker.Stage);
        if (!worker.IsAbandoned && Interlocked.Decrement(ref _running) == 0)
        {
            Finished();
        }
    }

    private bool IsShared(IFrameStage? stage)
    {
        lock (_gate)
        {
            return _workers.Any(worker => worker.Stage == stage);
        }
    }

    private bool TryTake(FrameWorker worker, Heartbeat? heartbeat)
    {
        FrameLane lane;
        lock (_gate)
        {
            while (_isAborted || !_ready.TryDequeue(out lane!))
            {
                if (_isAborted || (_isClosed && _lanes.All(l => l.Count == 0)))
                {
                    return false;
                }

                Monitor.Wait(_gate, IdleWait);
                heartbeat?.Beat();
            }

            lane.IsQueued = false;
            var lease = lane.Start(out var ticket, out var since);
            var now = _flow.Time.GetTimestamp();
            var waited = _flow.Time.GetElapsedTime(since, now);
            worker.Begin(lane, lease, ticket, now, waited);
            _wait.Record(waited);
            QueueIfReadyUnderLock(lane);
            if (_isClosed)
            {
                Monitor.PulseAll(_gate); // with the last frame, the others can end
            }
        }

        _room?[lane.Camera].Release();
        return true;
    }

    private bool IsLate(FrameWorker worker) => _maxAge is { } limit && _flow.Time.GetElapsedTime(worker.Lease.Info.HostTimestamp, worker.Since) > limit;

    /// <returns>Why the frame is dropped; null when it is not.</returns>
    private FrameDropReason? Process(FrameWorker worker)
    {
        var step = _flow.Tracing.BeginStep(worker.Lease, _span, worker.Lane!.Camera, worker.Waited);
        try
        {
            worker.Stage!.Process(new Frame(worker.Lease), worker.Stop);
            return null;
        }
        catch (OperationCanceledException) when (worker.Stop.IsCancellationRequested)
        {
            return FrameDropReason.Stopping;
        }
        catch (Exception e)
        {
            step.Fail(e);
            if (_failures.ShouldLog(out var unlogged))
            {
                var info = worker.Lease.Info;
                _flow.Logger.StageFailed(e, _flow.Pipeline, _definition.Name, info.Camera, info.Sequence, unlogged);
            }

            return (e as FrameDropException)?.Reason ?? FrameDropReason.StageFailed;
        }
        finally
        {
            step.End();
        }
    }

    /// <returns>Whether the worker still has its place.</returns>
    private bool End(FrameWorker worker, FrameDropReason? dropped)
    {
        FrameLane lane;
        FrameLease lease;
        lock (_gate)
        {
            (lane, lease) = (worker.Lane!, worker.Lease);
            if (worker.IsAbandoned)
            {
                _abandoned.Remove(worker);
            }
            else
            {
                _work.Record(_flow.Time.GetElapsedTime(worker.Since));
                worker.End();
            }
        }

        if (worker.IsAbandoned)
        {
            lease.Dispose(); // it was counted when the work took too long
            return false;
        }

        if (dropped is { } reason)
        {
            _flow.Drop(lane.Camera, _edge, reason, lease);
            lease = default;
        }

        PassOn(lane, worker.Ticket, lease);
        return true;
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

/// <summary>Stands in for an instance that could not be made.</summary>
internal sealed class BrokenStage(Exception why) : IFrameStage
{
    public void Process(in Frame frame, CancellationToken stop) =>
        throw new InvalidOperationException($"This stage's instance for a new thread could not be made: {why.Message}", why);
}

/// <summary>Where a stage passes its frames on to, in order per camera.</summary>
internal interface IFrameExit
{
    void Pass(int camera, FrameLease lease);
}
