using Hardening.Processes;

namespace Hardening.Runtime.Tests.Processes;

/// <summary>Stands for the processes that a <see cref="RestartingProcess"/> starts: a test says when one starts, exits and ends.</summary>
internal sealed class ScriptedRuns
{
    private readonly Lock _gate = new();
    private readonly List<Run> _runs = [];
    private int _alive;

    /// <summary>Thrown by each start while it is set.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>Starts take until the loop gives them up.</summary>
    public bool HangsInStart { get; set; }

    /// <summary>Each run ends as soon as it is asked to, or, if not, only when it is hurried.</summary>
    public bool EndsAtOnce { get; set; } = true;

    public int Starts { get; private set; }

    /// <summary>How many were alive at once, at most.</summary>
    public int MostAlive { get; private set; }

    public int Alive => Volatile.Read(ref _alive);

    public Run Last => LastOrNone ?? throw new InvalidOperationException("Nothing was started.");

    public Run? LastOrNone
    {
        get
        {
            lock (_gate)
            {
                return _runs.LastOrDefault();
            }
        }
    }

    public async Task<IKeptRun> StartAsync(CancellationToken cancellationToken)
    {
        Starts++;
        if (HangsInStart)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (StartFailure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            MostAlive = Math.Max(MostAlive, Interlocked.Increment(ref _alive));
            _runs.Add(new Run(this, EndsAtOnce));
            return _runs[^1];
        }
    }

    public sealed class Run(ScriptedRuns owner, bool endsAtOnce) : IKeptRun
    {
        private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SupervisedProcess? Process => null;

        public int ProcessId => 1;

        public Task<ProcessExit> Exit => _exit.Task;

        public bool WasAskedToEnd { get; private set; }

        public bool IsDisposed { get; private set; }

        /// <summary>The process exits by itself, and leaves nothing behind.</summary>
        public void ExitWith(int code, int? signal = null)
        {
            _exit.TrySetResult(new ProcessExit(code, signal));
            End();
        }

        public void End()
        {
            if (_ended.TrySetResult())
            {
                Interlocked.Decrement(ref owner._alive);
            }
        }

        public async Task<ProcessExit> EndAsync(CancellationToken hurry)
        {
            WasAskedToEnd = true;
            await using var hurried = hurry.UnsafeRegister(_ => End(), null);
            if (endsAtOnce)
            {
                End();
            }

            await _ended.Task;
            _exit.TrySetResult(new ProcessExit(143, 15));
            return await _exit.Task;
        }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
