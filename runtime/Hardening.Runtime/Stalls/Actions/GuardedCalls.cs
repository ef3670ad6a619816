namespace Hardening.Stalls.Actions;

/// <summary>Calls what may hang, each call for a limited time, on a thread that is left behind when one does. Used by one thread.</summary>
internal sealed class GuardedCalls(string name) : IDisposable
{
    // A thread that hangs costs its stack; functions that hang each time must not cost more and more of them.
    private const int MaxLeftBehind = 4;

    private Caller? _caller;
    private int _leftBehind;

    /// <summary>How many threads hang in a call that was given up.</summary>
    public int LeftBehind => Volatile.Read(ref _leftBehind);

    /// <param name="call">Gets a function that tells whether somebody still waits for it.</param>
    /// <param name="limit">How long it is waited for.</param>
    /// <param name="error">What it threw.</param>
    public CallOutcome Run(Action<Func<bool>> call, TimeSpan limit, out Exception? error)
    {
        error = null;
        if (LeftBehind >= MaxLeftBehind)
        {
            return CallOutcome.Refused;
        }

        try
        {
            _caller ??= new Caller(name, () => Interlocked.Decrement(ref _leftBehind));
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException) // no thread is to be had: perhaps that is the very stall
        {
            error = e;
            return CallOutcome.Failed;
        }

        var caller = _caller;
        if (!caller.TryRun(call, limit, out error, whenLeft: () => Interlocked.Increment(ref _leftBehind)))
        {
            _caller = null;
            return CallOutcome.TimedOut;
        }

        return error is null ? CallOutcome.Done : CallOutcome.Failed;
    }

    public void Dispose() => _caller?.Dispose();

    private sealed class Caller : IDisposable
    {
        private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(1);

        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _given = new(0);
        private readonly SemaphoreSlim _done = new(0);
        private readonly Action _cameBack;
        private Action<Func<bool>>? _call;
        private Exception? _error;
        private bool _isLeft;
        private bool _isOver;
        private volatile bool _ended;

        public Caller(string name, Action cameBack)
        {
            _cameBack = cameBack;
            new Thread(Loop) { Name = name, IsBackground = true }.Start();
        }

        public bool TryRun(Action<Func<bool>> call, TimeSpan limit, out Exception? error, Action whenLeft)
        {
            (_call, _isOver) = (call, false);
            _given.Release();
            var inTime = _done.Wait(limit);
            lock (_gate)
            {
                _isLeft = !_isOver;
                error = _error;
            }

            if (_isLeft)
            {
                whenLeft();
                Dispose();
                return false;
            }

            if (!inTime)
            {
                _done.Wait(0); // it came to its end just then
            }

            return true;
        }

        // Ends the thread, once its call is over. The semaphores stay: the thread may be about to look at them, and they hold nothing of the system's.
        public void Dispose()
        {
            _ended = true;
            _given.Release();
        }

        private bool IsWanted()
        {
            lock (_gate)
            {
                return !_isLeft;
            }
        }

        private void Loop()
        {
            while (!_ended)
            {
                if (!_given.Wait(s_idle) || _ended)
                {
                    continue;
                }

                Exception? thrown = null;
                try
                {
                    _call!(IsWanted);
                }
                catch (Exception e)
                {
                    thrown = e;
                }

                bool left;
                lock (_gate)
                {
                    left = _isLeft;
                    _isOver = true;
                    _error = thrown;
                }

                _done.Release();
                if (left)
                {
                    _cameBack();
                }
            }
        }
    }
}

/// <summary>How a call went.</summary>
internal enum CallOutcome
{
    Done,
    Failed,
    TimedOut,

    /// <summary>Not called: too many calls hang.</summary>
    Refused,
}
