using System.Runtime.ExceptionServices;

namespace Hardening.Camera;

/// <summary>
/// The one thread on which a library is called, since many want that, and so that a call that hangs holds nobody else. At most one call hangs at a time: there is no
/// second thread beside it.
/// </summary>
internal sealed class DeviceThread(string name)
{
    private readonly object _gate = new();
    private Thread? _thread;
    private Action? _work;
    private Action? _late;
    private Exception? _failure;
    private bool _isBusy;
    private bool _isEnding;
    private long _hung;

    /// <summary>Calls that did not return within their limit.</summary>
    public long Hung => Volatile.Read(ref _hung);

    /// <summary>Whether a call has not returned yet.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate)
            {
                return _isBusy;
            }
        }
    }

    /// <summary>Calls the library.</summary>
    /// <param name="work">The call; its exception is thrown here.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="late">What is done on that thread when the call returns without an exception after that.</param>
    /// <param name="cancellationToken">Ends the wait, not the call.</param>
    /// <returns>False when it has not returned by then, or when an earlier one has not.</returns>
    public bool TryRun(Action work, TimeSpan limit, Action late, CancellationToken cancellationToken)
    {
        using var wake = cancellationToken.UnsafeRegister(static thread => ((DeviceThread)thread!).Wake(), this);
        Exception? failure;
        lock (_gate)
        {
            if (_isBusy || _isEnding)
            {
                return false;
            }

            (_work, _isBusy, _failure, _late) = (work, true, null, null);
            if (_thread is null)
            {
                _thread = new Thread(Run) { Name = name, IsBackground = true };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
            while (_isBusy)
            {
                if (cancellationToken.IsCancellationRequested || (!Monitor.Wait(_gate, limit) && _isBusy))
                {
                    _late = late;
                    Interlocked.Increment(ref _hung);
                    return false;
                }
            }

            failure = _failure;
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return true;
    }

    /// <summary>Lets the thread end, after a last call if there is one, and without waiting for it.</summary>
    public void End(Action? last)
    {
        lock (_gate)
        {
            if (_thread is not null && !_isEnding)
            {
                _work ??= last;
                _isEnding = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        while (TryTake(out var work))
        {
            var failure = Try(work);
            Action? late;
            lock (_gate)
            {
                late = failure is null ? _late : null;
            }

            if (late is not null)
            {
                Try(late);
            }

            lock (_gate)
            {
                (_failure, _isBusy) = (failure, false);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool TryTake(out Action work)
    {
        lock (_gate)
        {
            while (_work is null && !_isEnding)
            {
                Monitor.Wait(_gate, TimeSpan.FromSeconds(5));
            }

            work = _work!;
            _work = null;
            return work is not null;
        }
    }

    private static Exception? Try(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
