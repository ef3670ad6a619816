using System.Diagnostics.CodeAnalysis;
using Hardening.Pool.Jobs;

namespace Hardening.Pool.Mapping;

/// <summary>
/// One enumeration of a map, the consumer's side: takes the jobs that have ended, many at a time, and gives them back to the <see cref="MapPump{TRequest,TResult}"/>, which reads the source on a task of its
/// own. Between the two and the pool there are only stacks of jobs: no task, lock or wake-up for each.
/// </summary>
internal sealed class MapRun<TRequest, TResult> : IJobSink, IAsyncDisposable
{
    private const int MostYields = 16;
    private const int FewEnded = 32;

    private static readonly TimeSpan SourceGrace = TimeSpan.FromSeconds(1);

    private readonly IBulkPool _pool;
    private readonly MapFormat<TRequest, TResult> _format;
    private readonly MapSource<TRequest> _source;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly JobStack _ended = new();
    private readonly MapPump<TRequest, TResult> _pump;
    private readonly Task _pumping;
    private readonly MapOrder? _order;
    private MapJob? _batch; // what was taken and is not yet told, unless there is an order to keep
    private MapJob? _used; // what was told, to be given back together
    private MapJob? _lastUsed;
    private int _usedCount;

    /// <param name="pool">Where the jobs go.</param>
    /// <param name="format">How requests and results become bytes.</param>
    /// <param name="open">Makes the source, which is to stop with this token.</param>
    /// <param name="isOrdered">Whether the outcomes come in the order of the requests.</param>
    /// <param name="options">Of each job.</param>
    /// <param name="cancellation">Ends the enumeration.</param>
    public MapRun(
        IBulkPool pool, MapFormat<TRequest, TResult> format, Func<CancellationToken, MapSource<TRequest>> open, bool isOrdered, in JobOptions options, CancellationToken cancellation)
    {
        (_pool, _format, _cancellation) = (pool, format, cancellation);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _source = open(_stop.Token);
        _order = isOrdered ? new MapOrder() : null;
        _pump = new MapPump<TRequest, TResult>(pool, format, _source, this, pool.LimitsOf(options), _ended.Wake);
        _registration = cancellation.UnsafeRegister(static run => ((MapRun<TRequest, TResult>)run!)._ended.Wake(), this);
        _pumping = Task.Run(_pump.RunAsync, CancellationToken.None); // ends by itself: its end is awaited when this is disposed
    }

    /// <summary>Waits for the next outcome.</summary>
    /// <returns>False when there is none any more.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (HasNext())
            {
                return true;
            }

            GiveBackUsed();
            if (_ended.IsEmpty)
            {
                _pump.SendReady();
                if (_pump.Total is { } total && _pump.Taken == total)
                {
                    _pump.SourceFailure?.Throw();
                    return false;
                }

                if (LetSomeEnd())
                {
                    continue;
                }

                await _ended.WaitAsync(static run => run._cancellation.IsCancellationRequested || run._pump.Total == run._pump.Taken, this).ConfigureAwait(false);
            }

            TakeEnded();
        }
    }

    /// <summary>Takes the next outcome, if there is one without a wait.</summary>
    public bool TryTake(out JobOutcome<TResult> outcome)
    {
        var job = _order is null ? _batch : _order.Take();
        if (job is null)
        {
            outcome = default;
            return false;
        }

        if (_order is null)
        {
            _batch = job.Next;
        }

        outcome = OutcomeOf(job);
        job.Recycle(); // comes back as Free
        return true;
    }

    /// <summary>Ends what is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync().ConfigureAwait(false);
        Drop(_ended.Close());
        Drop(_batch);
        Drop(_order?.Clear());
        (_batch, _used) = (null, null);
        _pump.Stop();
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_source.MayBlock)
        {
            // It may be blocked in the user's enumerator for as long as it likes; the pump disposes that when it comes back.
            await Task.WhenAny(_pumping, Task.Delay(SourceGrace, _pool.Time, CancellationToken.None)).ConfigureAwait(false);
        }
        else
        {
            await _pumping.ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    void IJobSink.Completed(SinkJob job)
    {
        var depth = _ended.Push((MapJob)job);
        if (depth == 0)
        {
            Drop((MapJob)job); // nobody wants it any more
        }
        else if (_ended.IsWaiting && (_order is null || job.Index == _order.Next || _pump.IsLow(depth)))
        {
            _ended.Wake(); // else it is not its turn, and the workers have enough to do
        }
    }

    void IJobSink.Free(SinkJob job)
    {
        var used = job.IsReusable ? (MapJob)job : _pump.Replace((MapJob)job);
        used.Next = _used;
        (_used, _lastUsed, _usedCount) = (used, _used is null ? used : _lastUsed, _usedCount + 1);
    }

    private bool HasNext() => _order is null ? _batch is not null : _order.HasNext;

    // Jobs so short that one ends while this thread looks are worth a moment: to fall asleep and be woken for each costs more than they do, and the processor is for the workers meanwhile.
    private bool LetSomeEnd()
    {
        for (var i = 0; i < MostYields && _pump.IsFast; i++)
        {
            Thread.Yield();
            if (_ended.Depth >= FewEnded)
            {
                break;
            }
        }

        var hasSome = !_ended.IsEmpty;
        if (hasSome)
        {
            TakeEnded();
        }

        return hasSome;
    }

    private void TakeEnded()
    {
        var count = 0;
        var taken = _ended.TakeAllInOrder();
        if (_order is null)
        {
            _batch = taken;
        }

        for (var job = taken; job is not null; count++)
        {
            var next = job.Next;
            _order?.Put(job);
            job = next;
        }

        _pump.NoteTaken(count);
    }

    private void GiveBackUsed()
    {
        if (_used is not null && _pump.TryGiveBack(_used, _lastUsed!, _usedCount))
        {
            (_used, _lastUsed, _usedCount) = (null, null, 0);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What the contract throws is the outcome of this job, and of no other.")]
    private JobOutcome<TResult> OutcomeOf(MapJob job)
    {
        if (job.Failure is { } failure)
        {
            return new JobOutcome<TResult>(job.Index, failure);
        }

        try
        {
            return new JobOutcome<TResult>(job.Index, _format.Read(job.Answer.Span));
        }
        catch (Exception e)
        {
            return new JobOutcome<TResult>(job.Index, e);
        }
    }

    private static void Drop(MapJob? first)
    {
        for (var job = first; job is not null;)
        {
            var next = job.Next;
            job.AnswerFrame.Dispose();
            job.AnswerFrame = default;
            job = next;
        }
    }
}
