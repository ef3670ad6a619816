namespace Hardening.Pool.Workers;

/// <summary>
/// All workers of a pool: as many as it needs and some to spare, started ahead, replaced when they end, with a pause that grows where they do not come up. Its lock is held for a few steps and never
/// across a start, a wait or a call of the dispatcher.
/// </summary>
internal sealed partial class WorkerCrew : IDisposable
{
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AheadInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Worker> _starting = [];
    private readonly List<Worker> _active = [];
    private readonly List<Worker> _spares = [];
    private readonly List<Worker> _leaving = []; // asked to end, or ended; not gone yet
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Random _random = new();
    private PoolContext _pool = null!;
    private WorkerMonitor? _monitor;
    private Worker[] _all = []; // for the monitor: a copy that is replaced
    private int _number;
    private int _failures;
    private Exception? _lastFailure;
    private long _notBefore = long.MinValue;
    private long _memoryAt = long.MaxValue;
    private long _aheadAt = long.MaxValue;
    private long _started;
    private long _restarts;
    private long _recycles;
    private long _kills;
    private long _retries;
    private bool _isStopping;

    /// <summary>All that take jobs are ready. Faults when they cannot be started.</summary>
    public Task Ready => _ready.Task;

    /// <summary>No worker is left; only after <see cref="Stop"/>.</summary>
    public Task Gone => _gone.Task;

    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    public void Start(PoolContext pool)
    {
        _pool = pool;
        _monitor = new WorkerMonitor(this, pool.Name, pool.Time);
        Fill();
    }

    public void NoteRetry() => Interlocked.Increment(ref _retries);

    public void NoteReady(Worker worker)
    {
        bool joins, isUp;
        lock (_gate)
        {
            _starting.Remove(worker);
            if (_isStopping)
            {
                _leaving.Add(worker);
                return; // it is ended by whoever stops
            }

            (_failures, _lastFailure, _notBefore) = (0, null, long.MinValue);
            joins = _active.Count < _pool.Options.Workers;
            (joins ? _active : _spares).Add(worker);
            isUp = _active.Count == _pool.Options.Workers;
        }

        _pool.Dispatcher.Refuse(null);
        if (joins)
        {
            _pool.Dispatcher.Join(worker);
        }

        if (isUp)
        {
            _ready.TrySetResult();
        }

        Fill();
    }

    public void NoteStartFailed(Worker worker, WorkerStartException failure)
    {
        int failures;
        bool isFinal;
        bool wasEnded; // by the pool, which stops
        lock (_gate)
        {
            _starting.Remove(worker);
            _leaving.Add(worker);
            wasEnded = _isStopping;
            failures = wasEnded ? 0 : CountFailureUnderLock(failure);
            isFinal = failure.InnerException is WorkerMemoryException || failures >= _pool.Options.MaxStartFailures;
            isFinal &= _active.Count + _spares.Count == 0;
        }

        if (wasEnded)
        {
            _pool.Metrics.WorkerExited(WorkerEnd.Asked);
            return;
        }

        _pool.Metrics.WorkerExited(WorkerEnd.StartFailed);
        _pool.Logger.StartFailed(failure, _pool.Name, failures);
        if (isFinal)
        {
            var unavailable = new PoolUnavailableException(_pool.Name, failures, failure);
            _pool.Dispatcher.Refuse(unavailable);
            _ready.TrySetException(unavailable);
        }

        Fill();
    }

    /// <summary>How many are not gone.</summary>
    public int Left => Volatile.Read(ref _all).Length;

    /// <summary>Lets the monitor end with the last worker.</summary>
    public void Dispose() => _monitor?.Dispose();

    public ProcessPoolStatistics Read(Jobs.JobCounts jobs)
    {
        lock (_gate)
        {
            return new ProcessPoolStatistics
            {
                Submitted = jobs.Submitted, Succeeded = jobs.Succeeded, Failed = jobs.Failed, TimedOut = jobs.TimedOut, Cancelled = jobs.Cancelled, Rejected = jobs.Rejected,
                Queued = jobs.Queued, Running = jobs.Running, Retries = Interlocked.Read(ref _retries),
                ReadyWorkers = _active.Count, StartingWorkers = _starting.Count, SpareWorkers = _spares.Count,
                StartedWorkers = _started, Restarts = Interlocked.Read(ref _restarts), Recycles = Interlocked.Read(ref _recycles), Kills = Interlocked.Read(ref _kills),
                StartFailures = _failures, StartFailure = _lastFailure,
            };
        }
    }

    /// <summary>Starts a worker where one is missing; its thread goes on with the next.</summary>
    public void Fill()
    {
        if (TryMake() is not { } worker)
        {
            return;
        }

        try
        {
            worker.Start();
        }
        catch (OutOfMemoryException e)
        {
            NoteStartFailed(worker, new WorkerStartException("The system gives no thread for a worker: the limit of processes and threads is reached (ulimit -u, or pids.max of the control group).", errorOutput: null, e));
            NoteGone(worker);
        }
    }

    private Worker? TryMake()
    {
        lock (_gate)
        {
            if (!MayStart() || _pool.Time.GetTimestamp() < _notBefore)
            {
                return null;
            }

            var worker = new Worker(_pool, this, ++_number, Share());
            _starting.Add(worker);
            _started++;
            CopyUnderLock();
            return worker;
        }
    }

    private bool MayStart() =>
        !_isStopping
        && _starting.Count + _active.Count + _spares.Count < _pool.Options.Workers + _pool.Options.SpareWorkers
        && _starting.Count < Math.Max(2, 2 * Environment.ProcessorCount);

    private int Share() => _pool.Options.MaxJobsPerWorker is { } jobs
        ? (int)Math.Clamp(jobs * (1 + (_pool.Options.RecycleJitter * ((2 * _random.NextDouble()) - 1))), 1, int.MaxValue)
        : int.MaxValue;

    private int CountFailureUnderLock(WorkerStartException failure)
    {
        _lastFailure = failure;
        var delay = Math.Min(_pool.Options.FirstRestartDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures, 30)), _pool.Options.MaxRestartDelay.TotalSeconds);
        _notBefore = _pool.Time.GetTimestamp() + _pool.Ticks(TimeSpan.FromSeconds(delay));
        NoteDue(_notBefore);
        return ++_failures;
    }

    private void CopyUnderLock() => Volatile.Write(ref _all, [.. _starting, .. _active, .. _spares, .. _leaving]);
}
