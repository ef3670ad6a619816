using System.Threading.Tasks.Sources;

namespace Hardening.Pool.Jobs;

/// <summary>A job that one caller awaits, or waits for on its thread. Nothing is allocated for it once its object is there.</summary>
internal sealed class AwaitedJob(JobCache cache) : PoolJob, IValueTaskSource<JobResult>
{
    private readonly object _ended = new(); // an object, for Monitor.Wait
    private ManualResetValueTaskSourceCore<JobResult> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private bool _isWaitedFor;
    private bool _isComplete;
    private bool _hasWaiter; // a thread that sleeps, or is about to
    private bool _isReusable;

    public ValueTask<JobResult> Task => new(this, _source.Version);

    /// <summary>The one behind it in the pump's queue, whose it is.</summary>
    public AwaitedJob? NextToTell { get; set; }

    /// <summary>The token that ended it, or may.</summary>
    public CancellationToken Cancellation => _cancellation;

    public void Prepare(bool isWaitedFor, CancellationToken cancellation)
    {
        (_isWaitedFor, _cancellation, _isComplete, _hasWaiter, _isReusable) = (isWaitedFor, cancellation, false, false, true);
        _source.Reset();
    }

    /// <summary>From here on the token ends it. The callback is called on the cancelling thread, or at once.</summary>
    public void RegisterCancellation(Action<object?> cancel)
    {
        if (_cancellation.CanBeCanceled)
        {
            _registration = _cancellation.UnsafeRegister(cancel, this);
        }
    }

    public override void NoteStray() => _isReusable = false;

    protected override void TellEnd()
    {
        if (_isWaitedFor)
        {
            // A caller that has received its own answer does not wait any more. From here on the object may be in use again: then a pulse comes to nothing.
            Interlocked.Exchange(ref _isComplete, true); // either it sees this, or we see that it waits
            if (Volatile.Read(ref _hasWaiter))
            {
                lock (_ended)
                {
                    Monitor.PulseAll(_ended);
                }
            }
        }
        else
        {
            cache.Pump.Add(this);
        }
    }

    /// <summary>Waits on the calling thread, for the time of the wait at most.</summary>
    /// <returns>Whether it is complete.</returns>
    public bool Wait(TimeSpan limit)
    {
        if (Volatile.Read(ref _isComplete))
        {
            return true;
        }

        lock (_ended)
        {
            Interlocked.Exchange(ref _hasWaiter, true);
            return Volatile.Read(ref _isComplete) || (Monitor.Wait(_ended, limit) && Volatile.Read(ref _isComplete));
        }
    }

    /// <summary>Runs what awaits it.</summary>
    public void Tell()
    {
        if (Failure is null)
        {
            _source.SetResult(new JobResult(this));
        }
        else
        {
            _source.SetException(Failure);
        }
    }

    /// <summary>The result of a complete job, on the calling thread.</summary>
    public JobResult Finish()
    {
        _registration.Dispose(); // waits for a callback that is running
        _registration = default;
        if (Failure is not { } failure)
        {
            return new JobResult(this);
        }

        if (_isReusable)
        {
            Recycle();
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return default;
    }

    JobResult IValueTaskSource<JobResult>.GetResult(short token)
    {
        _ = _source.GetStatus(token); // throws for a task that is awaited twice
        return Finish();
    }

    ValueTaskSourceStatus IValueTaskSource<JobResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<JobResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    protected override void GiveBack()
    {
        _cancellation = default;
        if (_isReusable)
        {
            cache.Return(this);
        }
    }
}
