using Hardening.Messaging;
using Hardening.Pool.Wire;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Pool.Host;

/// <summary>A host's use of the broker: takes jobs, as many at a time as its pool has workers. On each connection anew.</summary>
internal sealed partial class HostLink : IAsyncDisposable
{
    private const ushort DyingPrefetch = 8;
    private const int MaxPrefetch = 1024;

    private readonly ProcessPool _pool;
    private readonly PoolQueues _queues;
    private readonly RabbitPoolOptions _options;
    private readonly HostWork _work;
    private readonly Undertaker _undertaker;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BrokerLoop _loop;
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isServing;
    private int _prefetch;

    public HostLink(ProcessPool pool, RabbitMqConnection connection, PoolQueues queues, RabbitPoolOptions options, HostWork work, Undertaker undertaker, TimeProvider time, ILogger logger)
    {
        (_pool, _queues, _options, _work, _undertaker, _time, _logger) = (pool, queues, options, work, undertaker, time, logger);
        _loop = new BrokerLoop(connection, $"The host of pool '{pool.Name}'", time, logger) { Use = UseAsync };
    }

    public bool IsServing => Volatile.Read(ref _isServing) != 0;

    public int Prefetch => Volatile.Read(ref _prefetch);

    public Task StartAsync(CancellationToken cancellationToken) => _loop.StartAsync(cancellationToken);

    /// <summary>Takes no more jobs; what has come stays open, to be answered.</summary>
    public async Task CancelAsync()
    {
        await _cancelled.CancelAsync().ConfigureAwait(false);
        if (IsServing)
        {
            await WaitForQuietAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task WaitForQuietAsync()
    {
        try
        {
            await _quiet.Task.WaitAsync(TimeSpan.FromSeconds(5), _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What still comes is given back.
        }
    }

    private async Task UseAsync(BrokerSession session, Action inUse, CancellationToken cancellationToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Ended);
        var answers = await session.OpenConfirmingChannelAsync(life.Token).ConfigureAwait(false);
        await using var answersChannel = answers.ConfigureAwait(false);
        await _queues.DeclareAsync(answers, life.Token).ConfigureAwait(false);
        var jobs = await session.OpenChannelAsync(life.Token).ConfigureAwait(false);
        await using var jobsChannel = jobs.ConfigureAwait(false);
        var dying = await session.OpenChannelAsync(life.Token).ConfigureAwait(false);
        await using var dyingChannel = dying.ConfigureAwait(false);
        ChannelLife.EndWith(answers, life);
        ChannelLife.EndWith(jobs, life);
        ChannelLife.EndWith(dying, life);
        var channels = new HostChannels(jobs, answers);
        try
        {
            if (!_cancelled.IsCancellationRequested)
            {
                await ServeAsync(channels, dying, inUse, life).ConfigureAwait(false);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, _time, life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // The connection ended, or this host.
        }
        finally
        {
            Volatile.Write(ref _isServing, 0);
            _quiet.TrySetResult();
        }
    }

    private async Task ServeAsync(HostChannels channels, IChannel dying, Action inUse, CancellationTokenSource life)
    {
        var prefetch = _options.Prefetch ?? Workers();
        Volatile.Write(ref _prefetch, prefetch);
        var jobsTag = await ConsumeAsync(channels.Jobs, _queues.Jobs, (ushort)prefetch, message => ReceiveAsync(channels, message), life).ConfigureAwait(false);
        var dyingTag = await ConsumeAsync(dying, _queues.Dying, DyingPrefetch, message => _undertaker.ReceiveAsync(channels, dying, message), life).ConfigureAwait(false);
        Volatile.Write(ref _isServing, 1);
        inUse();
        LogServing(_pool.Name, _queues.Jobs, prefetch);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life.Token, _cancelled.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!life.IsCancellationRequested)
        {
            await channels.Jobs.BasicCancelAsync(jobsTag, noWait: false, life.Token).ConfigureAwait(false);
            await dying.BasicCancelAsync(dyingTag, noWait: false, life.Token).ConfigureAwait(false);
            _quiet.TrySetResult();
        }
    }

    private async Task<string> ConsumeAsync(IChannel channel, string queue, ushort prefetch, Func<BasicDeliverEventArgs, Task> receive, CancellationTokenSource life)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) => receive(message);
        consumer.UnregisteredAsync += (_, _) => _cancelled.IsCancellationRequested ? Task.CompletedTask : ChannelLife.EndAsync(life); // its queue was deleted
        await channel.BasicQosAsync(0, prefetch, global: false, life.Token).ConfigureAwait(false);
        return await channel.BasicConsumeAsync(queue, autoAck: false, consumerTag: "", noLocal: false, exclusive: false, arguments: null, consumer, life.Token).ConfigureAwait(false);
    }

    private Task ReceiveAsync(HostChannels channels, BasicDeliverEventArgs message)
    {
        _work.Receive(channels, channels.Jobs, message);
        return Task.CompletedTask;
    }

    private int Workers()
    {
        var now = _pool.Statistics;
        return Math.Clamp(now.ReadyWorkers + now.StartingWorkers, 1, MaxPrefetch);
    }

    [LoggerMessage(5025, LogLevel.Information, "The host of pool {Pool} takes jobs from queue {Queue}, {Prefetch} at a time.")]
    private partial void LogServing(string pool, string queue, int prefetch);
}
