using Hardening.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Hardening.Runtime.RabbitMq.Tests.Camera;

public sealed class CameraOwnershipHealthTests
{
    private static readonly RabbitMqStatistics Connected = new() { IsConnected = true, IsBlocked = false, Connects = 1, Losses = 0, Failures = 0 };

    [Test]
    public async Task Healthy_with_the_broker_and_tells_how_many_cameras_it_has()
    {
        var result = await CheckAsync(Connected);
        Assert.That((result.Status, result.Description), Is.EqualTo((HealthStatus.Healthy, "this host has 2 of 5 cameras 'line'")));
        Assert.That(result.Data, Is.EquivalentTo(new Dictionary<string, object> { ["line.owned"] = 2, ["line.cameras"] = 5 }));
    }

    [Test]
    public async Task Degraded_while_the_broker_is_gone_or_takes_nothing()
    {
        var gone = await CheckAsync(Connected with { IsConnected = false });
        Assert.That((gone.Status, gone.Description), Is.EqualTo((HealthStatus.Degraded, "this host has 2 of 5 cameras 'line', and nothing can be agreed on: there is no connection to the broker at broker:5672; it is made anew")));
        var failing = await CheckAsync(Connected with { IsConnected = false, Failures = 3, LastFailure = new BrokerUnavailableException(BrokerFailure.Unreachable, "broker:5672", "nobody is there") });
        Assert.That((failing.Status, failing.Description), Is.EqualTo((HealthStatus.Degraded, "this host has 2 of 5 cameras 'line', and nothing can be agreed on: nobody is there")));
        var blocked = await CheckAsync(Connected with { IsBlocked = true });
        Assert.That((blocked.Status, blocked.Description), Is.EqualTo((HealthStatus.Degraded, "this host has 2 of 5 cameras 'line', and nothing can be agreed on: the broker at broker:5672 takes no messages, since its memory or its disk runs short")));
    }

    [Test]
    public async Task One_of_several_lines_that_cannot_agree_degrades()
    {
        var result = await CheckAsync(Connected, Connected with { IsConnected = false });
        Assert.That((result.Status, result.Data.Count), Is.EqualTo((HealthStatus.Degraded, 4)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_host_with_cameras_alone_has_their_connection_alone_and_its_health_follows_the_broker(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        await using var host = await SharingHost.StartAsync("first", [device], timeout, services: services =>
        {
            services.AddRabbitMq();
            services.AddHealthChecks().AddRabbitMq().AddOwnedCameras();
        });
        await host.RunsAsync(device, timeout);
        Assert.That(host.Services.GetRequiredService<RabbitMqConnection>().Statistics, Has.Property("Connects").Zero.And.Property("Failures").Zero);
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var well = await health.CheckHealthAsync(timeout);
        Assert.That(well.Entries.Select(entry => (entry.Key, entry.Value.Status)), Is.EquivalentTo(new[] { ("hardening_rabbitmq", HealthStatus.Healthy), ("hardening_owned_cameras", HealthStatus.Healthy) }));
        Assert.That(well.Entries["hardening_owned_cameras"].Data[$"{SharingHost.Group}.owned"], Is.EqualTo(1));
        await Eventually.HoldsAsync(() => host.Processed(device) > 150, "a queue that was made within the last second a stopped broker may have forgotten", timeout);
        await CameraBroker.Shared.StopAsync(timeout);
        try
        {
            await Eventually.HoldsAsync(() => !host.Ownership.Connection.IsConnected, "the loss is seen", timeout);
            var gone = (await health.CheckHealthAsync(timeout)).Entries["hardening_owned_cameras"];
            Assert.That(gone.Status, Is.EqualTo(HealthStatus.Degraded));
            Assert.That(gone.Description, Does.Contain("and nothing can be agreed on: "));
        }
        finally
        {
            await CameraBroker.Shared.StartAgainAsync(timeout);
        }

        await Eventually.HoldsAsync(() => host.Ownership.Connection.IsConnected, "the broker is back", timeout);
        Assert.That((await health.CheckHealthAsync(timeout)).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    private static Task<HealthCheckResult> CheckAsync(params RabbitMqStatistics[] connections)
    {
        var check = new CameraOwnershipHealthCheck(connections.Select((now, index) => new WatchedOwnership(index == 0 ? "line" : $"other{index}", "broker:5672", 5, () => 2, () => now)));
        return check.CheckHealthAsync(new HealthCheckContext { Registration = new HealthCheckRegistration("hardening_owned_cameras", check, HealthStatus.Degraded, tags: null) });
    }
}
