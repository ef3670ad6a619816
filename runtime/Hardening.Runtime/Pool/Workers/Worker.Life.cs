using Hardening.Pool.Channels;
using Hardening.Pool.Jobs;
using Hardening.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Workers;

/// <content>The worker's thread: starts it, receives from it, and sees to what it leaves when it ends.</content>
internal sealed partial class Worker
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TreeLimit = TimeSpan.FromMinutes(1); // beyond its grace period; then its memory stays taken
    private static readonly TimeSpan AheadSlice = TimeSpan.FromMilliseconds(1); // how late an answer can be where the next job takes long against all expectation

    private readonly ManualResetEventSlim _callEnded = new();
    private WorkerProtocolException? _fault;
    private long _readyAt;
    private volatile bool _hasExited;
    private volatile bool _isClosing;
    private int _callers; // that receive by themselves, or are about to
    private bool _hasAhead; // the channel thread's

    public bool IsStarting { get; private set; } = true;

    /// <summary>Becomes readable when the process has ended.</summary>
    public SafeFileHandle PidFd => _process!.PidFd;

    /// <summary>What it wrote last.</summary>
    public string LastOutput() => _process?.LastOutput() ?? "";

    /// <exception cref="OutOfMemoryException">The system gives no thread.</exception>
    public void Start() => new Thread(Run, maxStackSize: 512 << 10) { IsBackground = true, Name = $"Hardening.Pool.{_pool.Name}.{_number}" }.Start();

    /// <summary>The process has ended: what it sent before is still received, and no wait goes on.</summary>
    public void NoteExit()
    {
        _hasExited = true;
        try
        {
            _channel!.Abort();
        }
        catch (ObjectDisposedException)
        {
            // Its thread knew before, and is done with it.
        }
    }

    /// <summary>By its thread, when nothing of it is left.</summary>
    public void Dispose()
    {
        _process?.Dispose();
        _callEnded.Dispose();
    }

    private void Run()
    {
        _crew.Fill(); // one after the other
        if (TryGetReady() is { } failure)
        {
            CloseStart(failure);
            return;
        }

        ReceiveAll(Timeout.InfiniteTimeSpan);
        Close();
    }

    private void ReceiveAll(TimeSpan wait)
    {
        try
        {
            ReceiveStatus status;
            while ((status = Receive(wait)) == ReceiveStatus.Message || (status == ReceiveStatus.Nothing && wait != TimeSpan.Zero))
            {
            }
        }
        catch (WorkerProtocolException e)
        {
            Fail(e);
        }
    }

    private ReceiveStatus Receive(TimeSpan wait)
    {
        var count = 0;
        if (wait != TimeSpan.Zero && _hasAhead)
        {
            wait = AheadSlice; // a worker that has more to do wakes nobody for each answer
        }

        var status = _channel!.Receive(ChannelReader.Channel, wait, out var message);
        var first = status;
        var now = _pool.Time.GetTimestamp(); // for all that is there
        try
        {
            while (status == ReceiveStatus.Message)
            {
                _done[count] = Take(message, now);
                if (++count == _done.Length) // not before: what is no answer to any job throws
                {
                    break;
                }

                status = _channel.Receive(ChannelReader.Channel, TimeSpan.Zero, out message);
            }
        }
        finally
        {
            if (count > 0)
            {
                Settle(_done, count, _next);
            }

            lock (_sync)
            {
                _hasAhead = _jobs.Count > 1;
            }
        }

        return first;
    }

    private void Fail(WorkerProtocolException fault)
    {
        _ = Interlocked.CompareExchange(ref _fault, fault, null);
        End(WorkerEnd.Protocol);
    }

    // The next worker gets its place before anything is waited for.
    private void Close()
    {
        _crew.NoteLeaving(this);
        _isClosing = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _callers) > 0 && _callEnded.Wait(ExitLimit)) // a caller that receives by itself sees the end too, and may leave something
        {
            ReceiveAll(TimeSpan.Zero);
        }

        var exit = EarlyExit.Read(ProcessId, PidFd) ?? ExitWithin(_hasExited ? ExitLimit : Moment);
        if (exit is null && !_hasExited)
        {
            _process!.Tree.Kill(); // it has closed its end alone, and goes on
            exit = ExitWithin(ExitLimit);
        }

        List<PoolJob> unbegun = [];
        PoolJob? begun = null;
        lock (_sync)
        {
            _isClosed = true;
            foreach (var job in _jobs)
            {
                if (begun is null && !_channel!.TryRecall(job.Position))
                {
                    begun = job;
                    _frames.Keep(job);
                }
                else
                {
                    unbegun.Add(job);
                    _frames.Keep(job);
                }
            }

            _jobs.Clear();
            _first = null;
        }

        var why = (WorkerEnd)Interlocked.CompareExchange(ref _end, (int)WorkerEnd.Crashed, -1) is var asked && (int)asked >= 0 ? asked : WorkerEnd.Crashed;
        _pool.Metrics.WorkerExited(why);
        _crew.NoteEnd(this, why, exit, _pool.Elapsed(_readyAt, _pool.Time.GetTimestamp()));
        _ = _pool.Dispatcher.GiveBack(this, [.. unbegun], hasEnded: true);
        if (begun is not null)
        {
            EndOrRetry(begun, Blame(why, exit ?? new ProcessExit(128 + 9, 9)), why);
        }

        _ = ExitWithin(ExitLimit);
        _process!.Tree.Kill(); // what it has started; not before, for that keeps the supervisor from telling of its end
        _crew.Fill();
        Free();
    }

    private Exception Blame(WorkerEnd why, ProcessExit exit) => why switch
    {
        WorkerEnd.OverMemory => new WorkerMemoryException(_pool.Name, ProcessId, _residentBytes, _pool.Options.MaxWorkerBytes ?? 0),
        WorkerEnd.Protocol => _fault!,
        _ => new WorkerExitedException(_pool.Name, ProcessId, exit.ExitCode, exit.Signal, _process!.LastOutput()),
    };

    private void EndOrRetry(PoolJob job, Exception failure, WorkerEnd why)
    {
        if (why == WorkerEnd.TimedOut)
        {
            failure = new JobTimedOutException(_pool.Name, TimeSpan.FromSeconds((double)job.Limits.Timeout / _pool.Time.TimestampFrequency), ProcessId, _process!.LastOutput());
        }

        if (job.Phase != JobPhase.Running)
        {
            job.ReleaseFrames(); // cancelled
            return;
        }

        if (why != WorkerEnd.Cancelled && why != WorkerEnd.Asked)
        {
            var deaths = _pool.Poison.Add(JobFingerprint.Of(job.Limits.Key, job.Request.Span, job.Frames), failure);
            if (job.Attempts + 1 < job.Limits.MaxAttempts && deaths < _pool.Options.PoisonAfter)
            {
                job.Attempts++;
                _crew.NoteRetry();
                _ = ExitWithin(ExitLimit); // no two workers are ever at the same job
                _ = _pool.Dispatcher.GiveBack(this, [job], hasEnded: true);
                return;
            }

            if (deaths >= _pool.Options.PoisonAfter)
            {
                failure = new PoisonJobException(_pool.Name, job.Limits.Key, deaths, failure);
            }
        }

        if (_pool.Dispatcher.TryEnd(job, failure is JobTimedOutException ? JobEnd.TimedOut : JobEnd.Failed, failure, out _))
        {
            _pool.NoteEnd(job);
        }

        job.ReleaseFrames();
    }

    private void Free()
    {
        if (_process is not null && WaitFor(_process.Tree.Ended, _pool.Options.StopGracePeriod + TreeLimit))
        {
            _frames.Release();
        }

        _crew.NoteGone(this);
        Dispose();
    }

    private ProcessExit? ExitWithin(TimeSpan limit) =>
        WaitFor(_process!.Tree.Exit, limit) && _process.Tree.Exit is { IsCompletedSuccessfully: true } exit ? exit.Result : null;

    // On this thread, which has nothing else to do: what it waits for comes from the thread that listens to the supervisor, and from no other.
    private static bool WaitFor(Task task, TimeSpan limit) => task.IsCompleted || ((IAsyncResult)task).AsyncWaitHandle.WaitOne(limit);
}
