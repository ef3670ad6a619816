using System.Text;
using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>A caller, and a host with two workers that do what a request says (Hardening.TestWorker, ScriptedHandler.cs), each with a connection of its own. At its end all counts must add up.</summary>
internal sealed class TestLine : IAsyncDisposable
{
    private readonly Action<RabbitPoolOptions>? _configure;
    private readonly Action<RabbitMqOptions>? _configureBroker;
    private readonly string _name;

    private TestLine(string name, Action<RabbitPoolOptions>? configure, Action<RabbitMqOptions>? configureBroker)
    {
        (_name, _configure, _configureBroker) = (name, configure, configureBroker);
        Connection = new RabbitMqConnection(SharedBroker.Options(configureBroker), loggers: Log);
        Caller = new RabbitPool(name, Connection, Options(), loggers: Log);
    }

    public LogRecorder Log { get; } = new();

    public RabbitMqConnection Connection { get; }

    public RabbitPool Caller { get; }

    public RabbitMqConnection? HostConnection { get; private set; }

    public ProcessPool? Pool { get; private set; }

    public RabbitPoolHost? Host { get; private set; }

    public RabbitPoolHostStatistics HostStatistics => Host!.Statistics;

    /// <summary>A caller without a host.</summary>
    public static async Task<TestLine> CallAsync(string name, CancellationToken timeout, Action<RabbitPoolOptions>? configure = null, Action<RabbitMqOptions>? broker = null)
    {
        var line = new TestLine(name, configure, broker);
        try
        {
            await line.Caller.StartAsync(timeout);
            return line;
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public static async Task<TestLine> StartAsync(string name, CancellationToken timeout, Action<RabbitPoolOptions>? configure = null, Action<RabbitMqOptions>? broker = null)
    {
        var line = await CallAsync(name, timeout, configure, broker);
        try
        {
            await line.ServeAsync(timeout);
            return line;
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public async Task ServeAsync(CancellationToken timeout)
    {
        Pool = new ProcessPool(_name, WorkerCommand.Executable(Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-worker"), new ProcessPoolOptions { Workers = 2, SpareWorkers = 0 }, loggers: Log);
        HostConnection = new RabbitMqConnection(SharedBroker.Options(_configureBroker), loggers: Log);
        Host = new RabbitPoolHost(Pool, HostConnection, Options(), loggers: Log);
        await Pool.StartAsync(timeout);
        await Host.StartAsync(timeout);
    }

    public async Task<string> RunAsync(string request, JobOptions options = default, CancellationToken cancellation = default) =>
        Encoding.UTF8.GetString(await Caller.RunAsync(Encoding.UTF8.GetBytes(request), options, cancellation));

    /// <summary>Sends something into the pool's queue, as any peer could.</summary>
    public static async Task SendAsync(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken timeout)
    {
        await using var connection = await new ConnectionFactory { Uri = SharedBroker.Broker.Uri }.CreateConnectionAsync(timeout);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), timeout);
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, body, timeout);
    }

    /// <summary>Waits for the next dead letter and takes it.</summary>
    public async Task<(IDictionary<string, object?> Headers, byte[] Body)> DeadLetterAsync(CancellationToken timeout)
    {
        await using var connection = await new ConnectionFactory { Uri = SharedBroker.Broker.Uri }.CreateConnectionAsync(timeout);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: timeout);
        while (true)
        {
            if (await channel.BasicGetAsync(Caller.Queues.Dead, autoAck: true, timeout) is { } letter)
            {
                return (letter.BasicProperties.Headers!, letter.Body.ToArray());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), timeout);
        }
    }

    /// <summary>How many messages lie in a queue.</summary>
    public static async Task<uint> CountAsync(string queue, CancellationToken timeout)
    {
        await using var connection = await new ConnectionFactory { Uri = SharedBroker.Broker.Uri }.CreateConnectionAsync(timeout);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: timeout);
        return await channel.MessageCountAsync(queue, timeout);
    }

    public async ValueTask DisposeAsync()
    {
        await Caller.DisposeAsync();
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        if (Pool is not null)
        {
            await Pool.DisposeAsync();
        }

        await Connection.DisposeAsync();
        if (HostConnection is not null)
        {
            await HostConnection.DisposeAsync();
        }

        var jobs = Caller.Statistics;
        Assert.That(jobs.Submitted, Is.EqualTo(jobs.Succeeded + jobs.Failed + jobs.TimedOut + jobs.Cancelled + jobs.Rejected + jobs.DeadLettered), $"the counts do not add up: {jobs}");
        Assert.That((jobs.Buffered, jobs.Pending), Is.EqualTo((0L, 0L)), $"jobs are left: {jobs}");
        if (Host?.Statistics is { } host)
        {
            Assert.That(host.Received, Is.EqualTo(host.Answered + host.DeadLettered + host.Requeued + host.Returned + host.Expired + host.Repeated + host.Abandoned), $"the counts do not add up: {host}");
            Assert.That(host.Running, Is.Zero, $"jobs are left: {host}");
        }

        Assert.That(Log.Records.Where(record => record.Level == LogLevel.Critical), Is.Empty);
    }

    private RabbitPoolOptions Options()
    {
        var options = new RabbitPoolOptions { Deadline = TimeSpan.FromMinutes(4), QueueCapacity = 1000 };
        _configure?.Invoke(options);
        return options;
    }
}
