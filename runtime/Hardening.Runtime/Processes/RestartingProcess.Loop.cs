namespace Hardening.Processes;

/// <summary>The loop, and what is seen of it.</summary>
public sealed partial class RestartingProcess
{
    private RestartingState _state;
    private IKeptRun? _run;
    private ProcessExit? _lastExit;
    private long _restarts;

    /// <summary>What it does at this moment.</summary>
    public RestartingState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>The process that runs, to look at and to write to; null while none does. It stays this object's, which ends and disposes of it.</summary>
    public SupervisedProcess? Current
    {
        get
        {
            lock (_gate)
            {
                return _run?.Process;
            }
        }
    }

    /// <summary>How the last run ended; null before the first end, and where the last start failed.</summary>
    public ProcessExit? LastExit
    {
        get
        {
            lock (_gate)
            {
                return _lastExit;
            }
        }
    }

    /// <summary>How often it was started again, or that was tried, since this object was made.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    private async Task RunAsync(RestartSession session, Task before)
    {
        await before.ConfigureAwait(false); // that of one which is being stopped: there is never more than one process
        try
        {
            await RepeatAsync(session).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            session.IsOver = true;
            if (!session.Stopping.IsCancellationRequested)
            {
                _logger.LoopFailed(e, Name);
                Enter(RestartingState.GivenUp);
            }
        }

        if (session.Stopping.IsCancellationRequested)
        {
            _logger.Stopped(Name);
            Enter(RestartingState.Stopped);
        }

        session.FirstTry.TrySetResult();
        session.Dispose();
    }

    private async Task RepeatAsync(RestartSession session)
    {
        var backoff = new RestartBackoff(_policy, _time, _random);
        while (true)
        {
            var end = await RunOnceAsync(session).ConfigureAwait(false);
            session.Stopping.ThrowIfCancellationRequested();
            var next = backoff.After(end.IsFailure, end.Ran);
            if (next.Action != RestartAction.Restart)
            {
                session.IsOver = true; // before it is told: who hears of it may start it again
                TellLast(end, next.Action);
                return;
            }

            Tell(end, next.Delay);
            Enter(RestartingState.BackingOff, next.Delay);
            session.FirstTry.TrySetResult();
            await Task.Delay(next.Delay, _time, session.Stopping).ConfigureAwait(false);
            Interlocked.Increment(ref _restarts);
            _metrics.Restarted(end.Exit);
        }
    }

    private async Task<RunEnd> RunOnceAsync(RestartSession session)
    {
        session.Stopping.ThrowIfCancellationRequested();
        Enter(RestartingState.Starting);
        IKeptRun run;
        try
        {
            run = await _start(session.Stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (!session.Stopping.IsCancellationRequested)
        {
            Note(run: null, exit: null);
            return new(Exit: null, Failure: e, TimeSpan.Zero);
        }

        await using var owned = run.ConfigureAwait(false);
        var begun = _time.GetTimestamp();
        Note(run, LastExit);
        _logger.Runs(Name, run.ProcessId);
        Enter(RestartingState.Running);
        session.FirstTry.TrySetResult();
        await Task.WhenAny(run.Exit, session.StopAsked).ConfigureAwait(false);
        var ran = _time.GetElapsedTime(begun);
        Note(run: null, LastExit);
        var exit = await EndAsync(run, session.Hurrying).ConfigureAwait(false);
        Note(run: null, exit);
        return new(exit, Failure: null, ran);
    }

    // Null where it could not be ended, and has not exited.
    private async Task<ProcessExit?> EndAsync(IKeptRun run, CancellationToken hurry)
    {
        try
        {
            return await run.EndAsync(hurry).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            _logger.NotEnded(e, Name);
            return run.Exit.IsCompletedSuccessfully ? await run.Exit.ConfigureAwait(false) : null;
        }
    }

    private void Tell(RunEnd end, TimeSpan delay)
    {
        if (end.Exit is { } exit)
        {
            _logger.Ended(Name, exit, end.Ran, delay);
        }
        else
        {
            _logger.NotStarted(end.Failure, Name, delay);
        }
    }

    private void TellLast(RunEnd end, RestartAction action)
    {
        if (action == RestartAction.Finish)
        {
            _logger.Done(Name, end.Ran);
            Enter(RestartingState.Stopped);
        }
        else
        {
            _logger.GivenUp(end.Failure, Name, end.Exit?.ToString() ?? "could not be run", _policy.MaxRestarts, _policy.Window);
            _metrics.GivenUp();
            Enter(RestartingState.GivenUp);
        }
    }

    private void Note(IKeptRun? run, ProcessExit? exit)
    {
        lock (_gate)
        {
            (_run, _lastExit) = (run, exit);
        }
    }

    private void Enter(RestartingState state, TimeSpan? delay = null)
    {
        ProcessExit? lastExit;
        lock (_gate)
        {
            _state = state;
            lastExit = _lastExit;
        }

        // One bad handler must not end the loop, nor keep the others from hearing.
        foreach (var handler in Delegate.EnumerateInvocationList(StateChanged))
        {
            try
            {
                handler(this, new RestartingStateEventArgs(state, lastExit, delay));
            }
            catch (Exception e)
            {
                _logger.HandlerFailed(e, Name);
            }
        }
    }

    /// <summary>How one run ended. There is no exit where it could not be started, or not be ended.</summary>
    private readonly record struct RunEnd(ProcessExit? Exit, Exception? Failure, TimeSpan Ran)
    {
        public bool IsFailure => Exit is not { ExitCode: 0, Signal: null };
    }
}
