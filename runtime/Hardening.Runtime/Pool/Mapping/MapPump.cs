using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Hardening.Pool.Jobs;

namespace Hardening.Pool.Mapping;

/// <summary>The source's side of a map: reads requests ahead, within a bound, and sends them to the pool.</summary>
/// <param name="pool">Where the jobs go.</param>
/// <param name="format">How requests become bytes.</param>
/// <param name="source">Where they come from; disposed by the pump.</param>
/// <param name="sink">Told of the ends of jobs.</param>
/// <param name="limits">Of each job.</param>
/// <param name="wakeConsumer">Called when the source is over.</param>
internal sealed class MapPump<TRequest, TResult>(
    IBulkPool pool, MapFormat<TRequest, TResult> format, MapSource<TRequest> source, IJobSink sink, JobLimits limits, Action wakeConsumer)
{
    private const int MostAhead = 4096;
    private const int MostUnsent = 64;
    private const double AheadTime = 2e-3; // in seconds: what the jobs ahead take, where they are so short that the bound of the pool would not cover it

    private readonly JobStack _free = new();
    private readonly JobStack _ready = new(); // read from the source, and not sent yet
    private readonly Lock _gate = new();
    private readonly int _fewUnderWay = 2 * pool.Workers;
    private MapJob?[] _all = new MapJob?[pool.LookAhead]; // under the lock
    private MapJob? _unused; // the pump's
    private int _made; // the same
    private long _count; // the same
    private int _unsent; // the same
    private int _bound = pool.LookAhead;
    private long _submitted;
    private long _taken;
    private long _total = -1;
    private long _periodStart = pool.Time.GetTimestamp(); // the consumer's
    private long _periodCount; // the same
    private volatile bool _isStopped;

    /// <summary>How many requests the source had; null until it is over.</summary>
    public long? Total => Volatile.Read(ref _total) is var total and >= 0 ? total : null;

    /// <summary>What the source threw; valid once there is a <see cref="Total"/>.</summary>
    public ExceptionDispatchInfo? SourceFailure { get; private set; }

    /// <summary>How many ended jobs the consumer has taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    private long UnderWay => Volatile.Read(ref _submitted) - Taken;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What the source throws is thrown to the consumer, after the outcomes of what it gave before.")]
    public async Task RunAsync()
    {
        try
        {
            while (await TakeFreeAsync().ConfigureAwait(false) is { } job)
            {
                var next = source.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    SendReady();
                }

                if (!await next.ConfigureAwait(false))
                {
                    break;
                }

                Prepare(job, source.Current);
            }
        }
        catch (Exception e)
        {
            SourceFailure = ExceptionDispatchInfo.Capture(e);
        }

        try
        {
            await source.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SourceFailure ??= ExceptionDispatchInfo.Capture(e);
        }

        SendReady();
        Volatile.Write(ref _total, _count);
        wakeConsumer();
    }

    /// <summary>Sends what was read. By the pump and by the consumer: the source may hold the pump up.</summary>
    public void SendReady()
    {
        var first = _ready.TakeAllInOrder();
        if (first is null)
        {
            return;
        }

        var jobs = ArrayPool<SinkJob>.Shared.Rent(MostUnsent);
        for (var job = first; job is not null;)
        {
            var count = 0;
            for (; job is not null && count < jobs.Length; job = job.Next)
            {
                jobs[count++] = job;
            }

            Interlocked.Add(ref _submitted, count);
            Send(jobs.AsSpan(0, count)); // from here on their links are the stack's of those that have ended
        }

        ArrayPool<SinkJob>.Shared.Return(jobs, clearArray: true);
    }

    /// <summary>By the consumer: it has taken so many more, so there are so many more places ahead.</summary>
    public void NoteTaken(int count)
    {
        Volatile.Write(ref _taken, _taken + count);
        _periodCount += count;
        var now = pool.Time.GetTimestamp();
        var seconds = pool.Time.GetElapsedTime(_periodStart, now).TotalSeconds;
        if (seconds > AheadTime)
        {
            var needed = (int)Math.Min(MostAhead, AheadTime * _periodCount / seconds);
            Volatile.Write(ref _bound, Math.Max(_bound, needed));
            (_periodStart, _periodCount) = (now, 0);
        }
    }

    /// <summary>Whether jobs end so fast that the next one is near.</summary>
    public bool IsFast => Volatile.Read(ref _bound) > pool.LookAhead && UnderWay >= _fewUnderWay;

    /// <summary>Whether workers may soon be without a job, where so many have ended and were not taken.</summary>
    public bool IsLow(int ended) => UnderWay - ended < _fewUnderWay;

    /// <summary>By the consumer: these may be prepared again. Many at a time: it wakes the pump, which takes a processor from the workers.</summary>
    /// <returns>False while it can wait.</returns>
    public bool TryGiveBack(MapJob first, MapJob last, int count)
    {
        var bound = Volatile.Read(ref _bound);
        if (count < bound / 4 && UnderWay > bound / 2)
        {
            return false;
        }

        _ = _free.Push(first, last);
        _free.Wake();
        return true;
    }

    /// <summary>A new job in the place of one that something still refers to.</summary>
    public MapJob Replace(MapJob stray) => Register(new MapJob(sink, stray.Slot));

    /// <summary>Reads no more, and ends what is under way.</summary>
    public void Stop()
    {
        _isStopped = true;
        _free.Close();
        _ready.Close(); // nobody will ask for these
        MapJob?[] all;
        lock (_gate)
        {
            all = [.. _all];
        }

        Cancel(all);
    }

    private async ValueTask<MapJob?> TakeFreeAsync()
    {
        while (!_isStopped)
        {
            if ((_unused ??= _free.TakeAll()) is { } job)
            {
                _unused = job.Next;
                return job;
            }

            if (_made < Volatile.Read(ref _bound))
            {
                return Register(new MapJob(sink, _made++));
            }

            SendReady();
            await _free.WaitAsync(static pump => pump._isStopped, this).ConfigureAwait(false);
        }

        return null;
    }

    private MapJob Register(MapJob job)
    {
        lock (_gate)
        {
            if (job.Slot >= _all.Length)
            {
                Array.Resize(ref _all, Math.Min(MostAhead, 2 * _all.Length));
            }

            _all[job.Slot] = job;
        }

        return job;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "What the contract throws is the outcome of this job, and of no other.")]
    private void Prepare(MapJob job, TRequest request)
    {
        Exception? failure;
        job.Index = _count++;
        try
        {
            var bytes = format.Write(job, request);
            failure = pool.Refuse(bytes.Span, limits.Key);
            job.Prepare(failure is null ? bytes : default, limits);
        }
        catch (Exception e)
        {
            job.Prepare(default, limits);
            failure = e;
        }

        job.Failure = failure; // with one, the pool refuses it
        if (_ready.Push(job) > 0 && (++_unsent >= MostUnsent || UnderWay < _fewUnderWay))
        {
            // Many at a time, but while workers may be without a job each at once. What is left here is sent when one ends, for then the consumer looks.
            _unsent = 0;
            SendReady();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A job that the pool does not take has this outcome: none is lost, or its consumer would wait for ever.")]
    private void Send(ReadOnlySpan<SinkJob> jobs)
    {
        try
        {
            pool.Submit(jobs);
            if (_isStopped)
            {
                Cancel(jobs);
            }
        }
        catch (Exception e)
        {
            foreach (var job in jobs)
            {
                job.Failure = e;
                job.Complete();
            }
        }
    }

    private void Cancel(ReadOnlySpan<SinkJob?> jobs)
    {
        foreach (var job in jobs)
        {
            if (job is not null)
            {
                pool.Cancel(job);
            }
        }
    }
}
