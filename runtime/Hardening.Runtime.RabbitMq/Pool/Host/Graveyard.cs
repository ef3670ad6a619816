using Hardening.Messaging;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Host;

/// <summary>Puts jobs to the dead letters, with the reason in their headers, and tells their callers.</summary>
internal sealed partial class Graveyard(string pool, PoolQueues queues, TimeProvider time, ILogger logger)
{
    private const int MaxDetail = 2000; // headers share one frame

    private long _lost;

    /// <summary>Dead letters that the broker did not take.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Buries a job.</summary>
    /// <returns>False where the connection ended before the broker's word: then the job comes again.</returns>
    public async Task<bool> BuryAsync(Delivery delivery, JobMessage message, RemoteFailure why)
    {
        var properties = delivery.CopyProperties(
            new(WireNames.DeadReason, why.Type),
            new(WireNames.DeadDetail, WireHeaders.Shorten(why.Message, MaxDetail)),
            new(WireNames.DeadHost, Environment.MachineName),
            new(WireNames.DeadTime, time.GetUtcNow().ToUnixTimeMilliseconds()),
            new(WireNames.Attempts, why.Attempts));
        var sent = await BrokerPublishing.SendAsync(delivery.Channels.Answers, queues.Dead, properties, delivery.Body).ConfigureAwait(false);
        if (sent == Sent.Unknown)
        {
            return false;
        }

        if (sent != Sent.Confirmed)
        {
            Interlocked.Increment(ref _lost);
            LogLost(pool, message.Name, queues.Dead, why.Type, why.Message);
        }

        LogBuried(pool, message.Name, why.Type, why.Attempts, why.Message);
        return await AnswerAsync(delivery, message, AnswerOutcome.DeadLettered, why).ConfigureAwait(false);
    }

    /// <summary>Tells a caller how its job ended without it being done. The answer has the id of the job: told twice, it counts once.</summary>
    /// <returns>False where the connection ended before the broker's word.</returns>
    public async Task<bool> AnswerAsync(Delivery delivery, JobMessage message, AnswerOutcome outcome, RemoteFailure why)
    {
        if (message.ReplyTo.Length == 0 || message.Id == Guid.Empty)
        {
            return true;
        }

        var answer = new AnswerMessage(message.Id, message.Id, message.Name, outcome, why.ToBytes());
        var sent = await BrokerPublishing.SendAsync(delivery.Channels.Answers, message.ReplyTo, answer.ToProperties(), answer.Body).ConfigureAwait(false);
        if (sent is Sent.Refused or Sent.Returned)
        {
            LogNotTold(pool, message.Name, message.ReplyTo);
        }

        return sent != Sent.Unknown;
    }

    [LoggerMessage(5030, LogLevel.Error, "Pool {Pool}: job {Job} is a dead letter ({Reason}, delivery {Attempts}): {Detail}")]
    private partial void LogBuried(string pool, string job, string reason, int attempts, string detail);

    [LoggerMessage(5031, LogLevel.Critical, "Pool {Pool}: the dead letter of job {Job} is lost, since queue {Queue} takes no more ({Reason}): {Detail}")]
    private partial void LogLost(string pool, string job, string queue, string reason, string detail);

    [LoggerMessage(5032, LogLevel.Warning, "Pool {Pool}: the caller of job {Job} cannot be told, since its queue {Queue} is gone or full.")]
    private partial void LogNotTold(string pool, string job, string queue);
}
