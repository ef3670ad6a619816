using Hardening.Pool.Channels;
using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <summary>
/// One worker of a pool, with the jobs that it has: the first is the one it works on. Jobs come from any thread while it is idle, and from the thread that receives its answers while it is not.
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
    private readonly int _share;
    private readonly Lock _sync = new();
    private readonly Queue<PoolJob> _jobs = new(); // under the lock
    private readonly PoolJob?[] _done = new PoolJob?[64]; // these two are the channel thread's
    private readonly PoolJob?[] _next = new PoolJob?[MostAhead];
    private WorkerProcess? _process;
    private WorkerChannel? _channel;
    private ChannelReader _reader = ChannelReader.Channel; // under the lock
    private long _begunAt; // when the first job became the first; under the lock
    private double _jobTime; // of late, on average, in seconds; the receiving thread's
    private int _jobCount;
    private bool _isClosed; // under the lock

    /// <param name="pool">What all share.</param>
    /// <param name="crew">The workers it belongs to.</param>
    /// <param name="number">For names.</param>
    /// <param name="share">After how many jobs it is replaced.</param>
    public Worker(PoolContext pool, WorkerCrew crew, int number, int share)
    {
        (_pool, _crew, Number, _share) = (pool, crew, number, share);
        _frames = new WorkerFrames(pool);
    }

    public int Number { get; }

    /// <summary>0 before it was started.</summary>
    public int ProcessId => _process?.ProcessId ?? 0;

    /// <summary>Jobs that it has answered.</summary>
    public int JobCount => Volatile.Read(ref _jobCount);

    /// <summary>Sends a job to this worker, which must be idle; where it has just ended, the job waits again.</summary>
    public void Begin(PoolJob job) => TryBegin(job, ChannelReader.Channel);

    /// <summary>Sends it, and receives the answer on the calling thread if that is possible; else the worker's thread does, in the usual way.</summary>
    public void Call(AwaitedJob job)
    {
        if (_channel is not { CanBeReadByCaller: true } channel)
        {
            Begin(job);
            return;
        }

        _isCalled = true;
        Interlocked.MemoryBarrier();
        if (TryBegin(job, ChannelReader.Caller))
        {
            Receive(channel, job);
        }

        _isCalled = false;
        if (_isClosing)
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

    private bool TryBegin(PoolJob job, ChannelReader reader)
    {
        lock (_sync)
        {
            if (!_isClosed && TrySend(job, reader, _pool.Time.GetTimestamp()))
            {
                _channel!.Flush();
                CancelFirstIfEnded();
                return true;
            }
        }

        _pool.Dispatcher.GiveBack([job]);
        return false;
    }

    // Under the lock. The limit holds from before the message is sent: a worker that does not read it can keep this thread waiting, and only its end frees it.
    private bool TrySend(PoolJob job, ChannelReader reader, long now)
    {
        var isFirst = _jobs.Count == 0;
        job.Worker = this;
        if (isFirst)
        {
            SetReader(reader);
            _begunAt = now;
            SetDue(now + job.Limits.Timeout);
        }

        _frames.RentOutput(job);
        var header = new MessageHeader { Kind = MessageKind.Job, Id = job.Id, SoftLimit = job.Limits.SoftMilliseconds };
        var status = job.FrameCount == 0 && !_frames.HasOutput
            ? Send(header, default, job, isFirst)
            : SendWithFrames(header, job, isFirst);
        if (status != SendStatus.Sent)
        {
            if (isFirst)
            {
                SetDue(long.MaxValue);
            }

            WorkerFrames.TakeBackOutput(job);
            return false;
        }

        _jobs.Enqueue(job);
        if (job.Attempts + job.Returns == 0) // its wait is over once
        {
            _pool.Metrics.Began(_pool.Elapsed(job.SubmittedAt, now));
        }

        return true;
    }

    private void CancelFirstIfEnded()
    {
        if (!_isCancelled && _jobs.TryPeek(out var first) && first.Phase == JobPhase.Ended)
        {
            CancelFirst(first);
        }
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

    /// <summary>The job that the message answers, which is the first one; by whoever receives.</summary>
    private PoolJob Take(in ReceivedMessage message, long now)
    {
        PoolJob job;
        double took;
        lock (_sync)
        {
            if (!_jobs.TryPeek(out var first) || first.Id != message.Header.Id || message.Header.Kind is not (MessageKind.Result or MessageKind.Error))
            {
                throw new WorkerProtocolException($"A worker of pool '{_pool.Name}' sent {message.Header.Kind} for job {message.Header.Id}, and was to answer {(first is null ? "none" : $"job {first.Id}")}.");
            }

            job = _jobs.Dequeue();
            _isCancelled = false;
            took = _pool.Elapsed(_begunAt, now).TotalSeconds;
            _begunAt = now;
            SetDue(_jobs.TryPeek(out var next) ? now + next.Limits.Timeout : long.MaxValue);
            CancelFirstIfEnded();
        }

        _jobCount++;
        _jobTime = _jobCount == 1 ? took : _jobTime + ((took - _jobTime) / 8);
        if (job.Phase == JobPhase.Running) // cancelled meanwhile, it is settled later
        {
            try
            {
                TakeAnswer(job, message, now);
            }
            catch (WorkerProtocolException e)
            {
                job.SetVerdict(JobEnd.Failed, e); // it is no longer among those that the worker's end takes with it
                _frames.Keep(job);
                Fail(e);
            }
        }

        WorkerFrames.TakeBackOutput(job);
        job.ReleaseFrames();
        return job;
    }

    private void TakeAnswer(PoolJob job, in ReceivedMessage message, long now)
    {
        if (message.Header.Kind == MessageKind.Error)
        {
            job.SetVerdict(JobEnd.Failed, WorkerError.Read(message.Payload, _pool.Name, ProcessId));
            return;
        }

        job.SetAnswer(message.Payload);
        if (message.Frames.Length > 0)
        {
            job.AnswerFrame = _frames.Accept(job, message.Frames, now);
        }

        job.SetVerdict(JobEnd.Succeeded, failure: null);
    }

    /// <summary>After answers: the next jobs go out, and then those who wait for the answered ones are told.</summary>
    private void Settle(Span<PoolJob?> done, int doneCount, Span<PoolJob?> next)
    {
        int had;
        lock (_sync)
        {
            had = _jobs.Count;
        }

        var takesMore = !_isLeaving && !IsUsedUp();
        var ahead = Ahead();
        var room = had <= ahead / 2 ? Math.Min(ahead - had, next.Length) : 0;
        var nextCount = _pool.Dispatcher.Settle(takesMore ? this : null, done, ref doneCount, next[..room], isFree: had == 0);
        if (nextCount > 0)
        {
            SendNext(next[..nextCount]);
        }

        for (var i = 0; i < doneCount; i++)
        {
            var job = done[i]!;
            _pool.NoteEnd(job);
            job.Complete();
        }

        if (!takesMore && had == 0)
        {
            _crew.Retire(this);
        }
    }

    private int Ahead() => _frames.HasOutput ? 1 // each job has memory of its own
        : _channel!.CanRecall
        ? (int)Math.Clamp(AheadTime / Math.Max(_jobTime, 1e-7), 1, MostAhead)
        : _jobTime < TinyJob ? MostAheadInPipe : 1;

    private void SendNext(Span<PoolJob?> next)
    {
        var sent = 0;
        var now = _pool.Time.GetTimestamp();
        lock (_sync)
        {
            while (!_isClosed && sent < next.Length && TrySend(next[sent]!, ChannelReader.Channel, now))
            {
                sent++;
            }

            if (sent > 0)
            {
                _channel!.Flush();
                CancelFirstIfEnded();
            }

            if (sent > 1 && _channel!.CanRecall)
            {
                _crew.NoteAhead();
            }
        }

        if (sent < next.Length)
        {
            _pool.Dispatcher.GiveBack(next[sent..]!);
        }
    }
}
