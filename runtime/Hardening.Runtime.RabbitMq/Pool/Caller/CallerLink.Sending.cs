using Hardening.Messaging;
using RabbitMQ.Client;

namespace Hardening.Pool.Caller;

/// <content>How jobs go to the broker: by several senders, each of which waits for the broker's word for its job before it takes the next.</content>
internal sealed partial class CallerLink
{
    private static readonly TimeSpan FirstFullPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan MaxFullPause = TimeSpan.FromMilliseconds(500);

    private int _isFull;

    private async Task SendAsync(IChannel channel, CancellationTokenSource life)
    {
        try
        {
            while (!life.IsCancellationRequested)
            {
                var job = await _ledger.TakeAsync(life.Token).ConfigureAwait(false);
                try
                {
                    await SendAsync(channel, job, life).ConfigureAwait(false);
                }
                finally
                {
                    _ledger.Restore(job); // where the broker has it, or it has ended, this does nothing
                }
            }
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // The connection ended, or the pool.
        }
    }

    private async Task SendAsync(IChannel channel, RemoteJob job, CancellationTokenSource life)
    {
        var pause = FirstFullPause;
        while (_ledger.TrySend(job))
        {
            switch (await PublishAsync(channel, job).ConfigureAwait(false))
            {
                case Sent.Confirmed:
                    Volatile.Write(ref _isFull, 0);
                    _ledger.Accept(job);
                    return;
                case Sent.Unknown or Sent.Returned: // returned: somebody has deleted the queue, and it is made again
                    await life.CancelAsync().ConfigureAwait(false); // the channel is of no more use
                    return;
                default:
                    _ledger.NoteRefused(job);
                    if (_options.WhenFull == PoolFullMode.Reject)
                    {
                        _ledger.TryEnd(job, RemoteJobState.Rejected, new PoolFullException(_pool, _options.QueueCapacity, _options.QueueCapacityBytes));
                        return;
                    }

                    if (Interlocked.Exchange(ref _isFull, 1) == 0)
                    {
                        LogFull(_pool);
                    }

                    await Task.Delay(pause, _time, life.Token).ConfigureAwait(false);
                    pause = pause * 2 < MaxFullPause ? pause * 2 : MaxFullPause;
                    break;
            }
        }
    }

    private async Task<Sent> PublishAsync(IChannel channel, RemoteJob job)
    {
        // What is left of its time, not what was left when it came into the buffer.
        var remaining = job.Limit - _time.GetElapsedTime(job.Submitted);
        var message = job.Message! with { Remaining = remaining > TimeSpan.Zero ? remaining : TimeSpan.FromMilliseconds(1), ReplyTo = ReplyTo };
        try
        {
            return await BrokerPublishing.SendAsync(channel, _queues.Jobs, message.ToProperties(), job.Body).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            _ledger.TryEnd(job, RemoteJobState.Failed, exception); // this job cannot be sent at all, and others can
            return Sent.Confirmed;
        }
    }
}
