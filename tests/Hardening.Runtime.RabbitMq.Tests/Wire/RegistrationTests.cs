using Hardening.Messaging;
using Hardening.Pool;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.RabbitMq.Tests.Wire;

/// <summary>What the host is given, without a broker.</summary>
public sealed class RegistrationTests
{
    private static readonly Uri Nobody = new("amqp://127.0.0.1:1");

    [Test]
    public void The_configuration_is_bound_once_and_what_is_set_in_code_comes_after_it()
    {
        var builder = Builder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Hardening:RabbitMq:Nodes:0"] = "second:5672", ["Hardening:RabbitMq:Heartbeat"] = "00:00:05", ["Hardening:RabbitPool:words:QueueCapacity"] = "7", ["Hardening:RabbitPool:words:Deadline"] = "00:00:07" });
        builder.Services.AddRabbitMq(options => options.Heartbeat = TimeSpan.FromSeconds(20));
        builder.Services.AddRabbitMq();
        builder.Services.AddOwnedCameras("line", static (_, _, _) => { });
        builder.Services.AddRabbitPool("words", options => options.QueueCapacity = 9);
        builder.Services.AddRabbitPoolHost("words");
        builder.Services.AddRabbitPool("others");
        using var host = builder.Build();
        var broker = host.Services.GetRequiredService<IOptions<RabbitMqOptions>>().Value;
        Assert.That((broker.Heartbeat, string.Join(',', broker.Nodes)), Is.EqualTo((TimeSpan.FromSeconds(20), "second:5672")));
        var pools = host.Services.GetRequiredService<IOptionsMonitor<RabbitPoolOptions>>();
        Assert.That((pools.Get("words").QueueCapacity, pools.Get("words").Deadline, pools.Get("others").QueueCapacity), Is.EqualTo((9, TimeSpan.FromSeconds(7), 10_000)));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_connection_is_made_unless_cameras_alone_want_the_broker(CancellationToken timeout)
    {
        Assert.That((await AttemptsAsync(static _ => { }, timeout), await AttemptsAsync(AddCameras, timeout)), Is.EqualTo((1, 0)));
        Assert.That(await AttemptsAsync(services => AddCameras(services.AddRabbitPool("words")), timeout), Is.GreaterThan(0));

        static void AddCameras(IServiceCollection services) => services.AddOwnedCameras("line", static (_, _, pipeline) => pipeline.FromSynthetic(new() { Name = "north" }).Stage("look", static (in _, _) => { }), options => options.Cameras.Add("north"));
    }

    // Where it is not required, the first attempt has been made when the host has started.
    private static async Task<int> AttemptsAsync(Action<IServiceCollection> add, CancellationToken timeout)
    {
        var builder = Builder();
        builder.Services.AddRabbitMq(options => (options.Uri, options.Required, options.FirstReconnectDelay, options.MaxReconnectDelay) = (Nobody, false, TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        add(builder.Services);
        var host = builder.Build();
        await using (((IAsyncDisposable)host).ConfigureAwait(false))
        {
            await host.StartAsync(timeout);
            var failures = host.Services.GetRequiredService<RabbitMqConnection>().Statistics.Failures;
            await host.StopAsync(timeout);
            return failures;
        }
    }

    private static HostApplicationBuilder Builder() => Host.CreateEmptyApplicationBuilder(null);
}
