namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>The broker of the tests of cameras: one for all of them, since a start takes seconds. A test that stops it starts it again.</summary>
[SetUpFixture]
public sealed class CameraBroker
{
    private static TestBroker? s_broker;

    public static TestBroker Shared => s_broker ?? throw new InvalidOperationException("The broker is not there.");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));

        // It closes the channel of whoever keeps a message for two seconds, rather than for half an hour, and looks for that each half second.
        s_broker = await TestBroker.StartAsync(limit.Token, new TestBrokerOptions { ConsumerTimeout = TimeSpan.FromSeconds(2), TickEvery = TimeSpan.FromMilliseconds(500) });
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_broker is not null)
        {
            await s_broker.DisposeAsync();
        }
    }
}
