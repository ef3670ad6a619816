using Hardening.Messaging;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Pool.Host;

/// <summary>The jobs of a host from their delivery until the broker has been told what became of them.</summary>
internal sealed partial class HostWork(string pool, PoolQueues queues, RabbitPoolOptions options, JobRunner runner, Graveyard graveyard, TimeProvider time, ILogger logger) : IDisposable
{
    private static readonly TimeSpan FirstRefusedPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RefusedPatience = TimeSpan.FromSeconds(5);

    private readonly HeldJobs _held = new(options.RememberedJobs);
    private readonly CancellationTokenSource _cut = new();
    private long _malformed;
    private volatile bool _isStopped;

    public Task Drained => _held.Drained;

    public (long Received, long Running, long[] Ends) Counts => _held.Counts;

    public long Malformed => Volatile.Read(ref _malformed);

    /// <summary>Begins no more jobs: those that still come go back.</summary>
    public void Stop()
    {
        _isStopped = true;
        _held.Stop();
    }

    /// <summary>Ends the jobs that are being done.</summary>
    public void CutShort() => _cut.Cancel();

    public void Dispose() => _cut.Dispose();

    /// <summary>Takes a message. What it comes to is done on other threads: the client's one is for the next message.</summary>
    public void Receive(HostChannels channels, IChannel channel, BasicDeliverEventArgs message)
    {
        var delivery = new Delivery(channels, channel, message);
        if (!JobMessage.TryRead(delivery.Properties, out var job, out var error))
        {
            _held.Receive();
            Own(() => BuryAsync(delivery, job, new RemoteFailure { Type = DeadReasons.Malformed, Message = error, Attempts = job.Attempt, Host = Environment.MachineName }));
        }
        else if (_held.Receive(job.Id, delivery, out var answer) is { } held)
        {
            Own(() => RunAsync(held, job, delivery));
        }
        else if (answer is not null)
        {
            Own(() => RepeatAsync(delivery, job, answer));
        }
    }

    // Owned by the counts of running deliveries, which a stop waits for.
    private void Own(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            LogFailed(failure, pool);
        }
    });

    private async Task RunAsync(HeldJob held, JobMessage message, Delivery first)
    {
        using var activity = JobTrace.Process(queues.Jobs, message);
        var verdict = _isStopped ? new Verdict.NotBegun() : await runner.RunAsync(message, first.Body, _cut.Token).ConfigureAwait(false);
        activity?.SetTag("hardening.job.verdict", verdict.GetType().Name);
        var answer = verdict is Verdict.Answered answered ? new AnswerMessage(message.Id, Guid.NewGuid(), message.Name, answered.Outcome, answered.Body) : null;
        if (answer is not null)
        {
            _held.Remember(held.Id, new GivenAnswer(answer, EndOf(answer)));
        }

        // Once more where the connection ended meanwhile and the job has come again on the next.
        while (_held.FindAlive(held) is { } delivery)
        {
            if (await TellAsync(delivery, message, verdict, answer).ConfigureAwait(false) is not { } end)
            {
                if (!await IsLostAsync(delivery).ConfigureAwait(false))
                {
                    await delivery.RequeueAsync().ConfigureAwait(false);
                    _held.Remove(held, delivery, DeliveryEnd.Abandoned);
                    return;
                }

                continue;
            }

            if (end is DeliveryEnd.Answered or DeliveryEnd.Expired or DeliveryEnd.DeadLettered)
            {
                _held.Remember(held.Id, new GivenAnswer(null, end));
            }

            foreach (var done in _held.Remove(held, delivery, end))
            {
                await (end is DeliveryEnd.Requeued || verdict is Verdict.CutShort ? done.RequeueAsync() : done.AcknowledgeAsync()).ConfigureAwait(false);
            }

            return;
        }
    }

    /// <summary>Tells the broker what became of a job.</summary>
    /// <returns>How its delivery ends; null where the connection ended before the broker's word.</returns>
    private async Task<DeliveryEnd?> TellAsync(Delivery delivery, JobMessage message, Verdict verdict, AnswerMessage? answer)
    {
        switch (verdict)
        {
            case Verdict.Answered:
                return await AnswerAsync(delivery, message, answer!).ConfigureAwait(false);
            case Verdict.GivenUp up:
                Interlocked.Add(ref _malformed, up.IsMalformed ? 1 : 0);
                return await graveyard.BuryAsync(delivery, message, up.Why).ConfigureAwait(false) ? DeliveryEnd.DeadLettered : null;
            case Verdict.NotBegun:
                return await GiveBackAsync(delivery, message).ConfigureAwait(false);
            default:
                return verdict is Verdict.CutShort ? DeliveryEnd.Returned : DeliveryEnd.Requeued;
        }
    }

    private async Task<DeliveryEnd?> AnswerAsync(Delivery delivery, JobMessage message, AnswerMessage answer)
    {
        if (message.ReplyTo.Length == 0)
        {
            return EndOf(answer);
        }

        var begun = time.GetTimestamp();
        for (var pause = FirstRefusedPause; ; pause *= 2)
        {
            switch (await BrokerPublishing.SendAsync(delivery.Channels.Answers, message.ReplyTo, answer.ToProperties(), answer.Body).ConfigureAwait(false))
            {
                case Sent.Confirmed:
                    return EndOf(answer);
                case Sent.Returned:
                    LogNobodyWaits(pool, message.Name, message.ReplyTo);
                    return EndOf(answer);
                case Sent.Unknown:
                    return null;
                default:
                    if (time.GetElapsedTime(begun) < RefusedPatience)
                    {
                        await Task.Delay(pause, time, CancellationToken.None).ConfigureAwait(false);
                        break;
                    }

                    return await RefuseAsync(delivery, message).ConfigureAwait(false);
            }
        }
    }

    private async Task<DeliveryEnd?> RefuseAsync(Delivery delivery, JobMessage message)
    {
        var why = new RemoteFailure
        {
            Type = DeadReasons.ResultRefused,
            Message = $"it was done, and the broker did not take its answer for {RefusedPatience}: the queue '{WireHeaders.Shorten(message.ReplyTo, 255)}' is full (ResultCapacity), since its caller reads too slowly",
            Host = Environment.MachineName,
            Attempts = message.Attempt,
        };
        return await graveyard.BuryAsync(delivery, message, why).ConfigureAwait(false) ? DeliveryEnd.DeadLettered : null;
    }

    // Sent anew and then acknowledged, so that it does not count as an attempt; where the queue has no room, given back as one.
    private async Task<DeliveryEnd?> GiveBackAsync(Delivery delivery, JobMessage message)
    {
        var properties = delivery.CopyProperties(new KeyValuePair<string, object?>(WireNames.Attempts, message.Attempt - 1));
        var left = message.Deadline - time.GetUtcNow();
        properties.Expiration = Math.Clamp((long)left.TotalMilliseconds, 1, Math.Max(1, (long)message.Remaining.TotalMilliseconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        switch (await BrokerPublishing.SendAsync(delivery.Channels.Answers, queues.Jobs, properties, delivery.Body).ConfigureAwait(false))
        {
            case Sent.Confirmed:
                return DeliveryEnd.Returned;
            case Sent.Unknown:
                return null;
            default:
                return DeliveryEnd.Requeued;
        }
    }

    private async Task RepeatAsync(Delivery delivery, JobMessage message, GivenAnswer given)
    {
        if (given.Answer is { } answer)
        {
            // The connection ended before the broker's word for it: the same answer once more, which the caller knows if it came through.
            if (await AnswerAsync(delivery, message, answer).ConfigureAwait(false) is not { } end)
            {
                _held.NoteEnd(DeliveryEnd.Abandoned);
                return;
            }

            _held.Remember(message.Id, new GivenAnswer(null, end));
            _held.NoteEnd(end);
        }
        else
        {
            _held.NoteEnd(DeliveryEnd.Repeated);
        }

        await delivery.AcknowledgeAsync().ConfigureAwait(false);
    }

    private async Task BuryAsync(Delivery delivery, JobMessage message, RemoteFailure why)
    {
        Interlocked.Increment(ref _malformed);
        var isBuried = await graveyard.BuryAsync(delivery, message, why).ConfigureAwait(false);
        _held.NoteEnd(isBuried ? DeliveryEnd.DeadLettered : DeliveryEnd.Abandoned);
        if (isBuried)
        {
            await delivery.AcknowledgeAsync().ConfigureAwait(false);
        }
    }

    // A channel that failed says so a moment later than its publications do.
    private async Task<bool> IsLostAsync(Delivery delivery)
    {
        var begun = time.GetTimestamp();
        while (delivery.IsAlive && time.GetElapsedTime(begun) < RefusedPatience)
        {
            await Task.Delay(FirstRefusedPause, time, CancellationToken.None).ConfigureAwait(false);
        }

        return !delivery.IsAlive;
    }

    private static DeliveryEnd EndOf(AnswerMessage answer) => answer.Outcome == AnswerOutcome.Expired ? DeliveryEnd.Expired : DeliveryEnd.Answered;

    [LoggerMessage(5020, LogLevel.Information, "Pool {Pool}: nobody waits for the answer to job {Job} any more: queue {Queue} is gone.")]
    private partial void LogNobodyWaits(string pool, string job, string queue);

    [LoggerMessage(5021, LogLevel.Error, "Pool {Pool}: a job that came through the broker could not be answered for. It comes again with the next connection.")]
    private partial void LogFailed(Exception failure, string pool);
}
