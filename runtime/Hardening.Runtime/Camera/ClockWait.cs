namespace Hardening.Camera;

/// <summary>A thread's wait for a moment of a clock. With the system's clock it needs no timer, and so no thread pool; with another clock, a test's, it wakes when that clock says so.</summary>
internal sealed class ClockWait : IDisposable
{
    private readonly ITimer? _timer;
    private readonly AutoResetEvent? _elapsed;

    public ClockWait(TimeProvider time)
    {
        if (time != TimeProvider.System)
        {
            var elapsed = _elapsed = new AutoResetEvent(false);
            _timer = time.CreateTimer(_ => elapsed.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Returns after this time, or up to 1 ms later.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Wait(TimeSpan time, CancellationToken cancellationToken)
    {
        if (_timer is null)
        {
            cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)));
        }
        else
        {
            _timer.Change(time, Timeout.InfiniteTimeSpan);
            WaitHandle.WaitAny([_elapsed!, cancellationToken.WaitHandle], TimeSpan.FromMinutes(5)); // a test's clock may stand still, but not for ever
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _elapsed?.Dispose();
    }
}
