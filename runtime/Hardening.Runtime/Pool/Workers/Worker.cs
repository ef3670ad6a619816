using Hardening.Pool.Channels;
using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <summary>
/// One worker of a pool, with the jobs that it has: the first is the one it works on. Jobs come from any thread, as the dispatcher says; answers are received by one thread at a time.
/// </summary>
internal sealed partial class Worker : IDisposable
{
    private const int MostAhead = 512;
    private const int MostAheadInPipe = 8; // they cannot be taken back
    private const double AheadTime = 200e-6; // how long the jobs that are sent ahead may take together, in seconds
    private const double TinyJob = 50e-6;

    private static readonly TimeSpan CancellationSlice = TimeSpan.FromMilliseconds(20);

    private readonly PoolContext _pool;
    private readonly WorkerCrew _crew;
    private readonly WorkerFrames _frames;
    private readonly int _number;
    private readonly int _share;
    private readonly Lock _sync = new();
    private readonly Queue<PoolJob> _jobs = new(); // under the lock; the first stays until its answer has been copied, and with it whoever receives
    private readonly PoolJob?[] _done = new PoolJob?[64]; // these two are the channel thread's
    private readonly PoolJob?[] _next = new PoolJob?[MostAhead];
    private WorkerProcess? _process;
    private WorkerChannel? _channel;
    private ChannelReader _reader = ChannelReader.Channel; // under the lock
    private readonly long _quick; // in ticks
    private readonly double _tick; // in seconds
    private PoolJob? _first; // of the jobs; written under the lock, for who receives
    private long _begunAt; // when the first job became the first; written under the lock
    private double _jobTime; // of late, on average, in seconds; written under the lock
    private int _jobCount; // this one too
    private bool _isClosed; // under the lock

    /// <param name="pool">What all share.</param>
    /// <param name="crew">The workers it belongs to.</param>
    /// <param name="number">For names.</param>
    /// <param name="share">After how many jobs it is replaced.</param>
    public Worker(PoolContext pool, WorkerCrew crew, int number, int share)
    {
        (_pool, _crew, _number, _share) = (pool, crew, number, share);
        _frames = new WorkerFrames(pool);
        _quick = pool.Ticks(TimeSpan.FromSeconds(AheadTime));
        _tick = 1.0 / pool.Time.TimestampFrequency;
    }

    /// <summary>The dispatcher's.</summary>
    public WorkerLoad Load { get; } = new();

    /// <summary>0 before it was started.</summary>
    public int ProcessId => _process?.ProcessId ?? 0;

    /// <summary>Jobs that it has answered.</summary>
    public int JobCount => Volatile.Read(ref _jobCount);

    /// <summary>Whether the first job has not run for longer than jobs sent ahead may take: what is sent behind it now should not have to wait.</summary>
    public bool IsQuick(long now) => now - Volatile.Read(ref _begunAt) < _quick;

    /// <summary>Sends a job to this worker, for which the dispatcher has chosen it; where it has just ended, or has no room, the job waits again.</summary>
    public void Begin(PoolJob job) => TryBegin(job, ChannelReader.Channel);

    /// <summary>Sends it, and receives the answer on the calling thread if that is possible; else the worker's thread does, in the usual way.</summary>
    public void Call(AwaitedJob job)
    {
        if (_channel is not { CanBeReadByCaller: true } channel)
        {
            Begin(job);
            return;
        }

        Interlocked.Increment(ref _callers);
        if (TryBegin(job, ChannelReader.Caller))
        {
            Receive(channel, job);
        }

        if (Interlocked.Decrement(ref _callers) == 0 && _isClosing)
        {
            _callEnded.Set();
        }
    }

    private void Receive(WorkerChannel channel, AwaitedJob job)
    {
        var slice = job.Cancellation.CanBeCanceled ? CancellationSlice : Timeout.InfiniteTimeSpan; // without a token the limit of the job ends the wait
        try
        {
            ReceiveStatus status;
            ReceivedMessage message;
            while ((status = channel.Receive(ChannelReader.Caller, slice, out message)) == ReceiveStatus.Nothing && job.Phase != JobPhase.Ended)
            {
            }

            if (status == ReceiveStatus.Message)
            {
                PoolJob? done = Take(message, _pool.Time.GetTimestamp()), next = null;
                Settle(new Span<PoolJob?>(ref done), 1, new Span<PoolJob?>(ref next));
                return;
            }
        }
        catch (WorkerProtocolException e)
        {
            Fail(e);
        }

        lock (_sync)
        {
            SetReader(ChannelReader.Channel); // whose thread sees to the end of both
        }
    }

    /// <returns>Whether this reader receives the answer: it is the first job.</returns>
    private bool TryBegin(PoolJob job, ChannelReader reader)
    {
        bool hasEnded;
        lock (_sync)
        {
            var isFirst = _jobs.Count == 0;
            var status = TrySend(job, reader, _pool.Time.GetTimestamp());
            if (status == SendStatus.Sent)
            {
                _channel!.Flush();
                CancelFirstIfEnded();
                if (!isFirst)
                {
                    _crew.NoteAhead();
                }

                return isFirst && reader == ChannelReader.Caller;
            }

            hasEnded = status == SendStatus.Closed;
        }

        GiveBack([job], hasEnded);
        return false;
    }

    private void GiveBack(ReadOnlySpan<PoolJob> jobs, bool hasEnded)
    {
        if (_pool.Dispatcher.GiveBack(this, jobs, hasEnded))
        {
            _crew.Retire(this);
        }
    }

    // Under the lock. The limit holds from before the message is sent: a worker that does not read it can keep this thread waiting, and only its end frees it.
    private SendStatus TrySend(PoolJob job, ChannelReader reader, long now)
    {
        if (_isClosed)
        {
            return SendStatus.Closed;
        }

        var isFirst = _jobs.Count == 0;
        job.Worker = this;
        if (isFirst)
        {
            SetReader(reader);
            Volatile.Write(ref _begunAt, now);
            SetDue(now + job.Limits.Timeout);
        }

        _frames.RentOutput(job);
        var header = new MessageHeader { Kind = MessageKind.Job, Id = job.Id, SoftLimit = job.Limits.SoftMilliseconds };
        var status = job.Context.TraceId == default ? SendStatus.Sent : SendContext(job, isFirst);
        if (status == SendStatus.Sent)
        {
            status = job.FrameCount == 0 && !_frames.HasOutput
                ? Send(header, default, job, isFirst)
                : SendWithFrames(header, job, isFirst);
        }

        if (status != SendStatus.Sent)
        {
            if (isFirst)
            {
                SetDue(long.MaxValue);
            }

            WorkerFrames.TakeBackOutput(job);
            return status;
        }

        _jobs.Enqueue(job);
        if (isFirst)
        {
            Volatile.Write(ref _first, job);
        }

        if (!job.WasSent)
        {
            job.WasSent = true;
            if (_pool.Metrics.IsTimed)
            {
                _pool.Metrics.Began(_pool.Elapsed(job.SubmittedAt, now));
            }

            if (job.Span is { } span)
            {
                JobTracing.NoteSent(span, _pool.Elapsed(job.SubmittedAt, now));
            }
        }

        return SendStatus.Sent;
    }

    private void CancelFirstIfEnded()
    {
        if (!_isCancelled && _jobs.TryPeek(out var first) && first.Phase == JobPhase.Ended)
        {
            CancelFirst(first);
        }
    }

    // Where the job does not follow, or is taken back, this is for no job, and the worker passes over it.
    private SendStatus SendContext(PoolJob job, bool isFirst)
    {
        Span<byte> text = stackalloc byte[TraceContext.MaxBytes];
        Volatile.Write(ref _isSending, isFirst);
        var status = _channel!.Send(new MessageHeader { Kind = MessageKind.Context, Id = job.Id }, default, text[..TraceContext.Write(job.Context, text)], mayWait: isFirst, out _);
        Volatile.Write(ref _isSending, false);
        return status;
    }

    private SendStatus Send(in MessageHeader header, ReadOnlySpan<FrameReference> frames, PoolJob job, bool isFirst)
    {
        Volatile.Write(ref _isSending, isFirst);
        var status = _channel!.Send(header, frames, job.Request.Span, mayWait: isFirst, out var position);
        Volatile.Write(ref _isSending, false);
        job.Position = position;
        return status;
    }

    private SendStatus SendWithFrames(in MessageHeader header, PoolJob job, bool isFirst)
    {
        if (!isFirst && _frames.HasNews(job))
        {
            return SendStatus.NoRoom; // it waits until it is the first: only then may anything wait for room
        }

        Span<FrameReference> references = stackalloc FrameReference[MessageHeader.MaxFrames];
        var count = _frames.Describe(job, _channel!, references);
        return count < 0 ? SendStatus.Closed : Send(header, references[..count], job, isFirst);
    }

    private void SetReader(ChannelReader reader)
    {
        if (_reader != reader)
        {
            _reader = reader;
            _channel!.SetReader(reader);
        }
    }
}
