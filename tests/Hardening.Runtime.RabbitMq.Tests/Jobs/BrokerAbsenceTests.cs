using Hardening.Messaging;
using Hardening.Pool;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>A broker that is away, comes late, goes, and refuses.</summary>
public sealed class BrokerAbsenceTests
{
    private static readonly Uri Nobody = new("amqp://somebody:geheim@127.0.0.1:1/line");

    [Test, CancelAfter(60_000)]
    public async Task No_broker_at_the_start_is_said_with_its_address_and_without_the_password(CancellationToken timeout)
    {
        await using var connection = new RabbitMqConnection(new RabbitMqOptions { Uri = Nobody });
        await using var caller = new RabbitPool("nobody", connection);
        var failure = (await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await caller.StartAsync(timeout)))!;
        Assert.That((failure.Failure, failure.Broker), Is.EqualTo((BrokerFailure.Unreachable, "127.0.0.1:1")));
        Assert.That(failure.Message, Does.Contain("127.0.0.1:1").And.Contain("'line'").And.Contain("'somebody'").And.Contain("refused"));
        Assert.That(failure.ToString(), Does.Not.Contain("geheim"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_host_that_may_do_without_the_broker_serves_its_own_callers(CancellationToken timeout)
    {
        var log = new LogRecorder();
        await using var pool = new ProcessPool("alone", WorkerCommand.Executable(Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "pool-worker"), new ProcessPoolOptions { Workers = 1, SpareWorkers = 0 });
        await using var connection = new RabbitMqConnection(new RabbitMqOptions { Uri = Nobody, Required = false, FirstReconnectDelay = TimeSpan.FromMilliseconds(10), MaxReconnectDelay = TimeSpan.FromMilliseconds(20) }, loggers: log);
        await using var host = new RabbitPoolHost(pool, connection);
        await pool.StartAsync(timeout);
        await host.StartAsync(timeout);
        using (var result = await pool.RunAsync("echo here"u8.ToArray(), default, timeout))
        {
            Assert.That(result.Payload.SequenceEqual("here"u8));
        }

        await Eventually.HoldsAsync(() => connection.Statistics.Failures >= 3, "it goes on trying", timeout);
        Assert.That(connection.Statistics, Has.Property("IsConnected").False.And.Property("LastFailure").Property("Failure").EqualTo(BrokerFailure.Unreachable));
        Assert.That(log.Records.Select(record => record.EventId), Does.Contain(5002));
    }

    [TestCase("wrong password", BrokerFailure.CredentialsRefused)]
    [TestCase("no such virtual host", BrokerFailure.VirtualHostRefused)]
    [TestCase("virtual host of others", BrokerFailure.VirtualHostRefused)]
    [CancelAfter(120_000)]
    public async Task What_the_broker_refuses_is_said(string what, BrokerFailure expected)
    {
        var broker = SharedBroker.Broker;
        var uri = what switch
        {
            "wrong password" => broker.UriOf(TestBroker.User, "geheim"),
            "no such virtual host" => broker.UriOf(TestBroker.User, TestBroker.Password, "nowhere"),
            _ => broker.UriOf(TestBroker.Stranger, TestBroker.StrangerPassword, "other"),
        };
        await using var connection = new RabbitMqConnection(SharedBroker.Options(options => options.Uri = uri));
        var failure = (await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await connection.StartAsync(CancellationToken.None)))!;
        Assert.That(failure.Failure, Is.EqualTo(expected), failure.Message);
        Assert.That(failure.Message, Does.Contain($"{TestBroker.Host}:{broker.Port}").And.Contain(expected == BrokerFailure.CredentialsRefused ? $"'{TestBroker.User}'" : "virtual host"));
        Assert.That(failure.ToString(), Does.Not.Contain("geheim").And.Not.Contain(TestBroker.Password).And.Not.Contain(TestBroker.StrangerPassword));
    }

    [TestCase(17, 1L << 30, "'x-max-length'")]
    [TestCase(1000, 1L << 20, "'x-max-length-bytes'")]
    [CancelAfter(120_000)]
    public async Task A_queue_that_others_made_otherwise_is_said(int capacity, long bytes, string argument, CancellationToken timeout)
    {
        await using var first = await TestLine.CallAsync("differs", timeout);
        await using var connection = new RabbitMqConnection(SharedBroker.Options());
        await using var second = new RabbitPool("differs", connection, new RabbitPoolOptions { QueueCapacity = capacity, QueueCapacityBytes = bytes });
        AssertDiffers((await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await second.StartAsync(timeout)))!, argument);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_queue_from_before_it_had_a_bound_in_bytes_is_said(CancellationToken timeout)
    {
        var broker = await new ConnectionFactory { Uri = SharedBroker.Broker.Uri }.CreateConnectionAsync(timeout);
        await using (broker)
        {
            await using var channel = await broker.CreateChannelAsync(cancellationToken: timeout);
            var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-max-length"] = 10_000, ["x-overflow"] = "reject-publish" };
            await channel.QueueDeclareAsync("hardening.pool.differs-before", durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: timeout);
        }

        await using var connection = new RabbitMqConnection(SharedBroker.Options());
        await using var caller = new RabbitPool("differs-before", connection);
        AssertDiffers((await Assert.ThrowsAsync<BrokerUnavailableException>(async () => await caller.StartAsync(timeout)))!, "x-");
    }

    [Test, CancelAfter(300_000)]
    public async Task While_the_broker_is_away_jobs_wait_in_a_buffer_and_beyond_it_are_refused(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("away", timeout, options => options.BufferCapacity = 20);
        Assert.That(await line.RunAsync("echo before", default, timeout), Is.EqualTo("before"));
        await SharedBroker.Broker.StopAsync(timeout);
        await Eventually.HoldsAsync(() => !line.Connection.IsConnected, "the loss is seen", timeout);
        var jobs = Enumerable.Range(0, 20).Select(i => line.RunAsync($"echo {i}", default, timeout)).ToList();
        await Eventually.HoldsAsync(() => line.Caller.Statistics.Buffered == 20, $"they wait: {line.Caller.Statistics}", timeout);
        Assert.That(async () => await line.RunAsync("echo one too many", default, timeout), Throws.TypeOf<BrokerUnavailableException>().With.Property("Failure").EqualTo(BrokerFailure.BufferFull));
        Assert.That(line.HostStatistics.IsServing, Is.False);
        await SharedBroker.Broker.StartAgainAsync(timeout);
        Assert.That(await Task.WhenAll(jobs), Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"{i}")));
        Assert.That(line.Caller.Statistics, Has.Property("Rejected").EqualTo(1).And.Property("Succeeded").EqualTo(21).And.Property("Duplicates").Zero);
    }

    [Test, CancelAfter(300_000)]
    public async Task A_job_that_runs_while_the_broker_is_killed_is_answered_once(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("killed", timeout);
        Assert.That(await line.RunAsync("sleep 2", default, timeout), Is.EqualTo("slept")); // the broker forgets queues that are younger than its last look at the disk
        var before = line.Connection.Statistics.Losses;
        var waiting = Enumerable.Range(0, 10).Select(i => line.RunAsync($"echo {i}", default, timeout)).ToList();
        var running = line.RunAsync("sleep 1", default, timeout);
        await Eventually.HoldsAsync(() => line.Pool!.Statistics.Running > 0 && line.Caller.Statistics.Buffered == 0, "the job runs", timeout);
        await SharedBroker.Broker.KillAsync(timeout);
        await SharedBroker.Broker.StartAgainAsync(timeout);
        Assert.That(await running, Is.EqualTo("slept"));
        Assert.That(await Task.WhenAll(waiting), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"{i}")));
        Assert.That(line.Caller.Statistics, Has.Property("Succeeded").EqualTo(12).And.Property("Duplicates").Zero, $"{line.HostStatistics}");
        Assert.That(line.Connection.Statistics.Losses, Is.GreaterThan(before));
    }

    private static void AssertDiffers(BrokerUnavailableException failure, string argument)
    {
        Assert.That(failure.Failure, Is.EqualTo(BrokerFailure.QueueDiffers));
        Assert.That(failure.Message, Does.Contain("hardening.pool.differs").And.Contain(argument).And.Contain("delete the queue once it is empty"));
    }

    [Test, CancelAfter(300_000)]
    public async Task An_answer_by_direct_reply_to_is_lost_with_the_connection_and_that_is_said(CancellationToken timeout)
    {
        await using var line = await TestLine.StartAsync("direct", timeout, options => options.Results = RabbitResults.Direct);
        Assert.That(await line.RunAsync("sleep 2", default, timeout), Is.EqualTo("slept"));
        var running = line.RunAsync("sleep 10", default, timeout); // longer than it takes to kill a broker
        await Eventually.HoldsAsync(() => line.Caller.Statistics.Pending == 1 && line.Pool!.Statistics.Running == 1, "the job runs", timeout);
        await SharedBroker.Broker.KillAsync(timeout);
        Assert.That(async () => await running, Throws.TypeOf<BrokerUnavailableException>().With.Property("Failure").EqualTo(BrokerFailure.AnswerLost));
        await SharedBroker.Broker.StartAgainAsync(timeout);
        Assert.That(await line.RunAsync("echo again", default, timeout), Is.EqualTo("again"));
    }
}
