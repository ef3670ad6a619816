using Hardening.Messaging;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Pool.Caller;

/// <summary>A caller's use of the broker: sends what waits in the ledger, and hands it the answers. On each connection anew.</summary>
internal sealed partial class CallerLink : IAsyncDisposable
{
    private const string DirectReplyTo = "amq.rabbitmq.reply-to";
    private const ushort ResultPrefetch = 512;
    private const int MaxResultFailures = 3;

    private readonly string _pool;
    private readonly PoolQueues _queues;
    private readonly RabbitPoolOptions _options;
    private readonly RemoteJobLedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BrokerLoop _loop;
    private readonly RabbitMqConnection _connection;
    private string _caller;
    private int _resultFailures;

    public CallerLink(string pool, RabbitMqConnection connection, PoolQueues queues, RabbitPoolOptions options, RemoteJobLedger ledger, TimeProvider time, ILogger logger)
    {
        (_pool, _connection, _queues, _options, _ledger, _time, _logger) = (pool, connection, queues, options, ledger, time, logger);
        _caller = options.CallerName ?? NewCaller();
        _loop = new BrokerLoop(connection, $"The caller of pool '{pool}'", time, logger) { Use = UseAsync };
    }

    /// <summary>Told of answers that belong to no job here.</summary>
    public required Action<UnclaimedResultEventArgs> Unclaimed { get; init; }

    private bool IsDirect => _options.Results == RabbitResults.Direct;

    /// <summary>Where answers come.</summary>
    public string ReplyTo => IsDirect ? DirectReplyTo : _queues.Results(_caller);

    public Task StartAsync(CancellationToken cancellationToken) => _loop.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        if (!IsDirect && _options.CallerName is null && _connection.Current is { } session)
        {
            await DeleteResultsAsync(session).ConfigureAwait(false);
        }
    }

    private async Task UseAsync(BrokerSession session, Action inUse, CancellationToken cancellationToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        var jobs = await session.OpenConfirmingChannelAsync(life.Token).ConfigureAwait(false);
        await using var jobsChannel = jobs.ConfigureAwait(false);
        await _queues.DeclareAsync(jobs, life.Token).ConfigureAwait(false);
        var results = await ConsumeOrRenameAsync(session, jobs, life).ConfigureAwait(false);
        await using var resultsChannel = results.ConfigureAwait(false);
        ChannelLife.EndWith(jobs, life);
        ChannelLife.EndWith(results, life);
        inUse();
        try
        {
            var all = new ParallelOptions { MaxDegreeOfParallelism = _options.MaxUnconfirmed };
            await Parallel.ForEachAsync(Enumerable.Range(0, _options.MaxUnconfirmed), all, (_, _) => new ValueTask(SendAsync(jobs, life))).ConfigureAwait(false);
        }
        finally
        {
            if (IsDirect)
            {
                FailPending();
            }
        }
    }

    // A broker that is killed can leave a young queue behind that has no leader and never gets one: then another queue is better than none.
    private async Task<IChannel> ConsumeOrRenameAsync(BrokerSession session, IChannel jobs, CancellationTokenSource life)
    {
        try
        {
            var results = await ConsumeAsync(session, jobs, life).ConfigureAwait(false);
            _resultFailures = 0;
            return results;
        }
        catch (Exception failure) when (!life.IsCancellationRequested && !IsDirect && _options.CallerName is null && ++_resultFailures >= MaxResultFailures)
        {
            LogRenamed(failure, _pool, ReplyTo, MaxResultFailures);
            (_caller, _resultFailures) = (NewCaller(), 0);
            FailPending();
            throw;
        }
    }

    // Answers by direct reply-to come on the channel that the jobs went out on, and without acknowledgement.
    private async Task<IChannel> ConsumeAsync(BrokerSession session, IChannel jobs, CancellationTokenSource life)
    {
        var channel = IsDirect ? jobs : await session.OpenChannelAsync(life.Token).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => ReceiveAsync(channel, delivery);
        consumer.UnregisteredAsync += (_, _) => ChannelLife.EndAsync(life); // its queue was deleted
        if (!IsDirect)
        {
            await _queues.DeclareResultsAsync(channel, _caller, life.Token).ConfigureAwait(false);
            await channel.BasicQosAsync(0, ResultPrefetch, global: false, life.Token).ConfigureAwait(false);
        }

        await channel.BasicConsumeAsync(ReplyTo, autoAck: IsDirect, consumerTag: "", noLocal: false, exclusive: !IsDirect && _options.CallerName is not null, arguments: null, consumer, life.Token).ConfigureAwait(false);
        return channel;
    }

    private async Task ReceiveAsync(IChannel channel, BasicDeliverEventArgs delivery)
    {
        try
        {
            Take(delivery);
            await AcknowledgeAsync(channel, delivery).ConfigureAwait(false);
        }
        catch (Exception exception) when (BrokerFailures.IsLoss(exception))
        {
            // The broker gives the answer again, and it is known then.
        }
        catch (Exception exception)
        {
            LogHandlerFailed(exception, _pool);
            await AcknowledgeAsync(channel, delivery).ConfigureAwait(false);
        }
    }

    private async Task AcknowledgeAsync(IChannel channel, BasicDeliverEventArgs delivery)
    {
        if (!IsDirect && channel.IsOpen)
        {
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false).ConfigureAwait(false);
        }
    }

    private void Take(BasicDeliverEventArgs delivery)
    {
        var body = delivery.Body.ToArray(); // the client uses its memory again
        if (!AnswerMessage.TryRead(delivery.BasicProperties, body, _options.MaxMessageBytes, out var answer, out var error))
        {
            _ledger.NoteMalformed();
            LogMalformed(_pool, WireHeaders.Shorten(delivery.BasicProperties.CorrelationId ?? "", 64), error);
            if (Guid.TryParseExact(delivery.BasicProperties.CorrelationId, "N", out var id) && _ledger.Find(id) is { } waiting)
            {
                _ledger.TryEnd(waiting, RemoteJobState.Failed, new JobFailedException(_pool, 0, nameof(InvalidDataException), $"the answer of the host cannot be read: {error}", ""));
            }

            return;
        }

        var job = _ledger.Find(answer.Job);
        var failure = answer.ToException(_pool, job?.Key, job?.Limit ?? _options.Deadline, _queues);
        var use = _ledger.Answer(job, answer.Job, answer.Id, EndOf(answer.Outcome), body, failure);
        if (use == AnswerUse.Duplicate)
        {
            LogDuplicate(_pool, answer.Key);
        }
        else if (use == AnswerUse.Unclaimed)
        {
            Unclaimed(new UnclaimedResultEventArgs(answer.Key, failure is null ? new JobOutcome<byte[]>(0, body) : new JobOutcome<byte[]>(0, failure)));
        }
    }

    private void FailPending()
    {
        foreach (var job in _ledger.Pending())
        {
            _ledger.TryEnd(job, RemoteJobState.Failed, new BrokerUnavailableException(
                BrokerFailure.AnswerLost,
                _connection.Broker,
                $"The connection to the broker at {_connection.Broker} was lost before the answer to a job of pool '{_pool}' came, and with it the way back (direct reply-to, or a queue of answers that the broker cannot open any more). The job may have been done: submit it again if it may be done twice."));
        }
    }

    private async Task DeleteResultsAsync(BrokerSession session)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), _time);
            var channel = await session.OpenChannelAsync(limit.Token).ConfigureAwait(false);
            await using (channel.ConfigureAwait(false))
            {
                await channel.QueueDeleteAsync(ReplyTo, ifUnused: false, ifEmpty: false, noWait: false, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is RabbitMQ.Client.Exceptions.RabbitMQClientException || BrokerFailures.IsLoss(exception))
        {
            // It goes by itself after ResultExpiry.
        }
    }

    private static RemoteJobState EndOf(AnswerOutcome outcome) => outcome switch
    {
        AnswerOutcome.Succeeded => RemoteJobState.Succeeded,
        AnswerOutcome.TimedOut or AnswerOutcome.Expired => RemoteJobState.TimedOut,
        AnswerOutcome.DeadLettered => RemoteJobState.DeadLettered,
        _ => RemoteJobState.Failed,
    };

    private static string NewCaller() => $"{CleanMachineName()}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}";

    private static string CleanMachineName()
    {
        var name = new string([.. Environment.MachineName.Select(character => char.IsAsciiLetterOrDigit(character) || character == '-' ? character : '_')]);
        return name.Length <= 60 ? name : name[..60];
    }

    [LoggerMessage(5012, LogLevel.Warning, "Pool {Pool}: a second answer to job {Job} was dropped; the job was done more than once.")]
    private partial void LogDuplicate(string pool, string job);

    [LoggerMessage(5013, LogLevel.Error, "Pool {Pool}: the answer to job {Job} cannot be read: {Error}.")]
    private partial void LogMalformed(string pool, string job, string error);

    [LoggerMessage(5014, LogLevel.Error, "Pool {Pool}: the handler of unclaimed answers failed; the answer is gone.")]
    private partial void LogHandlerFailed(Exception failure, string pool);

    [LoggerMessage(5016, LogLevel.Error, "Pool {Pool}: the queue of answers {Queue} could not be opened {Failures} times in a row, and another takes its place. Jobs whose answers would have come there have failed.")]
    private partial void LogRenamed(Exception failure, string pool, string queue, int failures);

    [LoggerMessage(5015, LogLevel.Warning, "Pool {Pool}: the broker's queue takes no more jobs; they are tried again until their deadlines.")]
    private partial void LogFull(string pool);
}
