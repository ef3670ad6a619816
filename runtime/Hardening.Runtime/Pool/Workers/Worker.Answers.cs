using Hardening.Pool.Channels;
using Hardening.Pool.Jobs;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Workers;

/// <content>Answers, and what follows them.</content>
internal sealed partial class Worker
{
    /// <summary>The job that the message answers, which is the first one; by whoever receives.</summary>
    private PoolJob Take(in ReceivedMessage message, long now)
    {
        var job = First(message);
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

        lock (_sync)
        {
            _ = _jobs.Dequeue();
            _isCancelled = false;
            var took = (now - _begunAt) * _tick;
            _jobCount++;
            _jobTime = _jobCount == 1 ? took : _jobTime + ((took - _jobTime) / 8);
            Volatile.Write(ref _begunAt, now);
            _ = _jobs.TryPeek(out var next);
            Volatile.Write(ref _first, next);
            if (next is not null)
            {
                SetDue(now + next.Limits.Timeout);
                SetReader(ChannelReader.Channel); // a caller receives its own answer alone
                CancelFirstIfEnded();
            }
            else
            {
                SetDue(long.MaxValue);
            }
        }

        WorkerFrames.TakeBackOutput(job);
        job.ReleaseFrames();
        return job;
    }

    // It stays where it is until its answer has been copied: who sends to a worker without a job says who receives next, and what is received next takes the place of this message.
    private PoolJob First(in ReceivedMessage message)
    {
        var first = Volatile.Read(ref _first);
        if (first?.Id != message.Header.Id)
        {
            lock (_sync)
            {
                _ = _jobs.TryPeek(out first); // what goes through a pipe can be answered before its sender has noted it
            }
        }

        return first is not null && first.Id == message.Header.Id && message.Header.Kind is MessageKind.Result or MessageKind.Error
            ? first
            : throw new WorkerProtocolException($"A worker of pool '{_pool.Name}' sent {message.Header.Kind} for job {message.Header.Id}, and was to answer {(first is null ? "none" : $"job {first.Id}")}.");
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
        var had = _jobs.Count; // without the lock: what is sent at this moment makes the window larger by that
        var ahead = Math.Clamp(_share - _jobCount, 0, Ahead());
        var takesMore = !_isLeaving && !IsUsedUp();
        var room = had <= ahead / 2 ? Math.Min(ahead - had, next.Length) : 0;
        var nextCount = _pool.Dispatcher.Settle(this, takesMore, _channel!.CanRecall && ahead > 1 ? ahead : 0, done, ref doneCount, next[..room], out var isSpent);
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

        if (isSpent)
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
        var status = SendStatus.Sent;
        var now = _pool.Time.GetTimestamp();
        lock (_sync)
        {
            while (sent < next.Length && (status = TrySend(next[sent]!, ChannelReader.Channel, now)) == SendStatus.Sent)
            {
                sent++;
            }

            if (sent > 0)
            {
                _channel!.Flush();
                CancelFirstIfEnded();
            }

            if (_jobs.Count > 1 && _channel!.CanRecall)
            {
                _crew.NoteAhead();
            }
        }

        if (sent < next.Length)
        {
            GiveBack(next[sent..]!, hasEnded: status == SendStatus.Closed);
        }
    }
}
