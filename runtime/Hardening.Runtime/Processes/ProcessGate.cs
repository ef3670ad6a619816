namespace Hardening.Processes;

/// <summary>
/// A limit on how many supervised processes run at once. A place is held from before the start until the last process of the tree has ended. Safe for all threads.
/// </summary>
public sealed class ProcessGate
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _running;

    /// <summary>A gate with this many places.</summary>
    /// <param name="limit">1 to 100,000.</param>
    public ProcessGate(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 100_000);
        Limit = limit;
    }

    /// <summary>How many may run at once.</summary>
    public int Limit { get; }

    /// <summary>How long a start waits for a place before it gives up. 0 to 1 day; default 30 s.</summary>
    public TimeSpan MaxWait
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxWait));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), nameof(MaxWait));
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>How many starts may wait at once; one more is refused right away. 0 to 1,000,000; default 1024.</summary>
    public int MaxWaiting
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 0, nameof(MaxWaiting));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1_000_000, nameof(MaxWaiting));
            field = value;
        }
    } = 1024;

    /// <summary>How many places are held.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>How many starts wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    internal void Enter(string process, ProcessMetrics metrics)
    {
        if (Queue(process) is not { } waiter)
        {
            return;
        }

        metrics.Waiting(process, 1);
        var isIn = waiter.Value.Task.Wait(MaxWait, CancellationToken.None) || !GiveUp(waiter);
        metrics.Waiting(process, -1);
        if (!isIn)
        {
            throw NoneCameFree(process);
        }
    }

    internal async Task EnterAsync(string process, ProcessMetrics metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Queue(process) is not { } waiter)
        {
            return;
        }

        metrics.Waiting(process, 1);
        try
        {
            await waiter.Value.Task.WaitAsync(MaxWait, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException) when (GiveUp(waiter))
        {
            throw NoneCameFree(process);
        }
        catch (OperationCanceledException) when (GiveUp(waiter))
        {
            throw;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The place came in the same moment.
        }
        finally
        {
            metrics.Waiting(process, -1);
        }
    }

    /// <summary>Gives the place to the start that has waited longest.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            if (_waiting.First is { } next)
            {
                _waiting.RemoveFirst();
                next.Value.SetResult();
            }
            else
            {
                _running--;
            }
        }
    }

    // Null: the place is taken.
    private LinkedListNode<TaskCompletionSource>? Queue(string process)
    {
        lock (_gate)
        {
            if (_running < Limit)
            {
                _running++;
                return null;
            }

            return _waiting.Count < MaxWaiting
                ? _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                : throw new ProcessGateFullException(
                    $"'{process}' was not started: {Limit} processes run, and {MaxWaiting} starts wait for a place already. Start fewer, or raise the gate's limits.");
        }
    }

    // False: it has been given a place.
    private bool GiveUp(LinkedListNode<TaskCompletionSource> waiter)
    {
        lock (_gate)
        {
            if (waiter.List is null)
            {
                return false;
            }

            _waiting.Remove(waiter);
            return true;
        }
    }

    private ProcessGateFullException NoneCameFree(string process) =>
        new($"'{process}' was not started: none of the gate's {Limit} places came free within {MaxWait}. Raise Limit or MaxWait, or see why those that run do not end.");
}

/// <summary>A <see cref="ProcessGate"/> had no place: none came free in time, or too many starts waited already. Nothing was started.</summary>
/// <remarks>Nothing runs that would not run otherwise: try again later, and in a service answer 503 with Retry-After. If it happens often, start fewer, or raise <see cref="ProcessGate.Limit"/>, <see cref="ProcessGate.MaxWait"/> or <see cref="ProcessGate.MaxWaiting"/>; if none comes free for long, look why those that run do not end.</remarks>
public sealed class ProcessGateFullException : TimeoutException
{
    /// <summary>With a message of the runtime's own.</summary>
    public ProcessGateFullException()
    {
    }

    /// <summary>With a message that says what happened and what to do.</summary>
    public ProcessGateFullException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that says what happened and what to do, and its cause.</summary>
    public ProcessGateFullException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
