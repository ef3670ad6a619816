using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

public sealed class OptionsTests
{
    [Test]
    public void What_is_out_of_range_is_said_at_once_and_all_of_it()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => _ = new RabbitMqConnection(new RabbitMqOptions
        {
            Uri = new Uri("http://somebody:geheim@broker"), Heartbeat = TimeSpan.Zero, MaxReconnectDelay = TimeSpan.Zero, UserName = "", Nodes = { "a/b", "good:5672" },
        }))!;
        Assert.That(failure.Failures.Select(text => text.Split(':')[0]), Is.EquivalentTo(new[] { "Property Uri", "Property Heartbeat", "Property MaxReconnectDelay", "Property UserName", "Property Nodes" }));
        Assert.That(failure.Message, Does.Not.Contain("geheim"));
    }

    [Test]
    public async Task Those_of_pools_are_checked_too()
    {
        await using var connection = new RabbitMqConnection();
        var failure = Assert.Throws<OptionsValidationException>(() => _ = new RabbitPool("inspect", connection, new RabbitPoolOptions
        {
            QueuePrefix = "amq.x", QueueCapacity = 0, QueueCapacityBytes = 1024, WhenFull = PoolFullMode.DropOldest, CallerName = "a b", FrameSlots = 1, MaxFrameBytes = 0, Prefetch = 0, Deadline = TimeSpan.FromDays(2),
        }))!;
        Assert.That(failure.Failures.Count(), Is.EqualTo(8));
        Assert.That(() => _ = new RabbitPool(new string('x', 200), connection), Throws.ArgumentException.With.Message.Contains("255"));
    }

    [Test]
    public void The_pause_grows_up_to_its_limit_and_starts_again()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        Assert.That(Enumerable.Range(0, 6).Select(_ => delay.Next(0).TotalMilliseconds), Is.EqualTo(new double[] { 100, 200, 400, 800, 1000, 1000 }));
        delay.Reset();
        Assert.That(delay.Next(1).TotalMilliseconds, Is.EqualTo(80));
    }

    [TestCase("amqp://localhost", "localhost:5672", "/", "guest")]
    [TestCase("amqps://a%40b:p%2Fq@broker/line%2F1", "broker:5671", "line/1", "a@b")]
    [TestCase("amqp://broker:1234/", "broker:1234", "/", "guest")]
    public void An_address_is_read_as_AMQP_has_it(string uri, string broker, string virtualHost, string user)
    {
        var address = new BrokerAddress(new RabbitMqOptions { Uri = new Uri(uri) });
        Assert.That((address.Broker, address.VirtualHost, address.UserName), Is.EqualTo((broker, virtualHost, user)));
    }
}
