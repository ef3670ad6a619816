using Hardening.Messaging;

namespace Hardening.Runtime.RabbitMq.Tests.Jobs;

/// <summary>One broker for all tests of jobs: each has pools, and so queues, of its own.</summary>
[SetUpFixture]
public sealed class SharedBroker
{
    private static TestBroker? s_broker;

    public static TestBroker Broker => s_broker ?? throw new InvalidOperationException("The broker has not been started.");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        s_broker = await TestBroker.StartAsync(limit.Token, new TestBrokerOptions { VirtualHosts = ["other"] });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_broker is { } broker)
        {
            await broker.DisposeAsync();
        }
    }

    /// <summary>Quick to come back.</summary>
    public static RabbitMqOptions Options(Action<RabbitMqOptions>? configure = null)
    {
        var options = new RabbitMqOptions { Uri = Broker.Uri, FirstReconnectDelay = TimeSpan.FromMilliseconds(50), MaxReconnectDelay = TimeSpan.FromMilliseconds(500) };
        configure?.Invoke(options);
        return options;
    }
}
