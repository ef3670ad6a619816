using Hardening.Processes.Supervision;

namespace Hardening.Processes;

/// <content>Its end: waited for, asked for, noticed.</content>
public sealed partial class SupervisedProcess
{
    // Beyond the grace period: the rounds of SIGKILL, and a busy machine.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    // What a process has written before its exit is in the pipe by then; only its reading takes time.
    private static readonly TimeSpan KeptPipeDrain = TimeSpan.FromMilliseconds(250);

    private const int Sigkill = 9;

    private readonly long _startTimestamp;
    private readonly Task _exited;
    private readonly Task _ended;
    private long _exitTime; // ticks of local time
    private long _stopTimestamp;
    private int _asked; // Asked

    private enum Asked
    {
        Nothing,
        Stop,
        Kill,
    }

    /// <summary>Waits until the process has exited and its redirected output has reached its end, as <see cref="WaitForExitAsync"/> does, for this long at most.</summary>
    /// <returns>Whether it has exited. Where its output has not reached its end by then, the rest follows.</returns>
    public bool WaitForExit(TimeSpan timeout)
    {
        var begin = _options.Time.GetTimestamp();
        if (!_tree.Exit.Wait(timeout)) // told by a thread of its own: a starved pool does not keep it from a thread that waits
        {
            return false;
        }

        var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - _options.Time.GetElapsedTime(begin);
        WaitForOutput(left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? left : TimeSpan.Zero);
        return true;
    }

    /// <summary>As <see cref="WaitForExit(TimeSpan)"/>, in milliseconds; -1 waits without a limit.</summary>
    public bool WaitForExit(int milliseconds) => WaitForExit(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>
    /// Waits until the process has exited and its redirected output has reached its end, so that all lines have been handed over. A descendant that holds the
    /// output open does not hold this up for longer than it takes to end it.
    /// </summary>
    /// <param name="cancellationToken">A cancelled wait stops the process (<see cref="StopAsync"/>) before it throws. To give up the wait alone, use <c>WaitAsync</c> on the task.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the process has been stopped with all its descendants.</exception>
    public async Task WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        var hadExited = HasExited;
        try
        {
            await _finished.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
            if (!hadExited) // else there was nothing to cancel but the rest of its output
            {
                throw;
            }
        }
    }

    /// <summary>SIGKILL, at once, to the process and all its descendants, or to the process alone; its descendants are then ended as after any exit. Does not wait.</summary>
    public void Kill(bool entireProcessTree = true)
    {
        if (entireProcessTree)
        {
            Ask(Asked.Kill, TimeSpan.Zero);
        }
        else if (!HasExited)
        {
            NoteAsked(Asked.Kill);
            _tree.KillRoot();
        }
    }

    /// <summary>
    /// SIGTERM to the process and all its descendants, SIGKILL after <see cref="SupervisionOptions.StopGracePeriod"/> to what is left, until none is. Takes no longer
    /// than that and 10 s. May be called at any time, also twice at once.
    /// </summary>
    /// <param name="cancellationToken">Cuts the grace period short: SIGKILL follows at once.</param>
    /// <exception cref="TimeoutException">The process could not be ended: it is stuck in the kernel, or another user's.</exception>
    public async Task<ProcessExit> StopAsync(CancellationToken cancellationToken = default)
    {
        Ask(Asked.Stop, _options.StopGracePeriod);
        using var hurry = cancellationToken.UnsafeRegister(static tree => ((ChildTree)tree!).Kill(), _tree);
        var limit = _options.StopGracePeriod + StopMargin;
        try
        {
            await _ended.WaitAsync(limit, _options.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.ChildNotEnded(Name, Id, limit);
        }

        return Exit ?? throw new TimeoutException($"'{Name}' (process {Id}) has not ended {limit} after it was asked to: it is stuck in the kernel, or another user's.");
    }

    /// <summary>
    /// Asks the process and its descendants to end, those too that were kept (<see cref="SupervisionOptions.KeepDescendants"/>), and does not wait: the supervisor ends
    /// what is left after the grace period. Readers that were taken before can still be read to their end.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Ask(Asked.Stop, _options.StopGracePeriod);
            CloseInput();
            NoteNoMoreReaders();
        }
    }

    /// <summary>As <see cref="StopAsync"/>; never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is logged, and the supervisor goes on.
        }

        Dispose();
    }

    private void WaitForOutput(TimeSpan limit)
    {
        if (_options.KeepDescendants || _output is { HasLines: true } || _error is { HasLines: true })
        {
            _finished.Wait(limit);
        }
        else
        {
            Task.WaitAll([_output?.Ended ?? Task.CompletedTask, _error?.Ended ?? Task.CompletedTask], limit); // no pool in this either
        }
    }

    private void NoteNoMoreReaders()
    {
        _output?.NoteNoMoreReaders();
        _error?.NoteNoMoreReaders();
    }

    private void Ask(Asked what, TimeSpan gracePeriod)
    {
        if (!_tree.Ended.IsCompleted)
        {
            NoteAsked(what);
            _tree.Stop(gracePeriod);
        }
    }

    private void NoteAsked(Asked what)
    {
        Interlocked.CompareExchange(ref _stopTimestamp, _options.Time.GetTimestamp(), 0);
        if (!HasExited)
        {
            Interlocked.CompareExchange(ref _asked, (int)what, (int)Asked.Nothing);
        }
    }

    private DateTime NoteExitTime()
    {
        Interlocked.CompareExchange(ref _exitTime, _options.Time.GetLocalNow().Ticks, 0);
        return new DateTime(_exitTime, DateTimeKind.Local);
    }

    private async Task NoteExitAsync()
    {
        var exit = await _tree.Exit.ConfigureAwait(false);
        NoteExitTime();
        var duration = _options.Time.GetElapsedTime(_startTimestamp);
        var asked = (Asked)Volatile.Read(ref _asked);
        var reason = exit.IsSupervisorLost ? "lost"
            : asked == Asked.Nothing ? exit.Signal is null ? "exited" : "signalled"
            : exit.Signal == Sigkill ? "killed" : "stopped";
        _options.Metrics.Exited(Name, reason, duration);
        _logger.ChildExited(Name, Id, duration, reason, exit);
        if (exit.IsSupervisorLost)
        {
            _logger.ChildLost(Name, Id);
        }
        else if (exit.Signal is { } signal && asked == Asked.Nothing)
        {
            _logger.ChildSignalled(Name, Id, signal, duration);
        }

        NoteExitedForEvents();
    }

    private async Task NoteEndAsync()
    {
        var end = await _tree.Ended.ConfigureAwait(false);
        _options.Gate?.Leave();
        if (Volatile.Read(ref _stopTimestamp) is var asked and not 0)
        {
            _options.Metrics.Stopped(Name, _options.Time.GetElapsedTime(asked));
        }

        if (end.Left > 0)
        {
            _options.Metrics.Left(Name, end.Left);
            _logger.ChildrenLeft(Name, Id, end.Left);
        }
    }

    private async Task FinishAsync()
    {
        await _exited.ConfigureAwait(false);
        var read = Task.WhenAll(_output?.Ended ?? Task.CompletedTask, _error?.Ended ?? Task.CompletedTask);
        if (_options.KeepDescendants)
        {
            await Task.WhenAny(read, Task.Delay(KeptPipeDrain, _options.Time)).ConfigureAwait(false); // they may hold the pipe for as long as they like
        }
        else
        {
            await read.ConfigureAwait(false); // soon after the end of the tree at the latest
        }

        await Task.WhenAll(DrainLinesAsync(_output), DrainLinesAsync(_error)).ConfigureAwait(false);
    }

    private static Task DrainLinesAsync(RedirectedOutput? output) => output is { Ended.IsCompleted: true } ? output.DrainLinesAsync() : Task.CompletedTask;
}
