using Hardening.Messaging;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>Hosts that share cameras through a real broker: each camera has one host at a time, and one again after that is gone.</summary>
[CancelAfter(120_000)]
public sealed class CameraOwnershipTests
{
    private static readonly TimeSpan LongRelease = TimeSpan.FromSeconds(10);

    [Test]
    public async Task A_host_that_stops_hands_its_camera_to_the_next_in_line_at_once(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        using var metrics = new MetricRecorder();
        await using var first = await SharingHost.StartAsync("first", [device], timeout);
        await first.RunsAsync(device, timeout);
        await using var second = await SharingHost.StartAsync("second", [device], timeout);
        await second.WaitsAsync(device, timeout);
        await first.StopAsync(timeout);
        await second.RunsAsync(device, timeout);
        var status = second.Status(device);
        Assert.That((status.State, status.Term, status.FormerOwner, device.Overlaps), Is.EqualTo((CameraOwnershipState.Owned, 2L, "first", 0L)));
        Assert.That(second.Log.Records.Single(record => record.EventId == 5051).Message, Does.Contain("it was released, by host first").And.Contain("opened in 00:0"));
        Assert.That(second.Log.Records.Select(record => record.EventId), Does.Contain(5054), "the gap is told");
        var measured = metrics.Collect().Where(metric => metric.Tags.TryGetValue("hardening.ownership.name", out var name) && SharingHost.Group.Equals(name)).ToList();
        Assert.That(measured.Where(metric => metric.Name == "hardening.camera.ownership.gap").Sum(metric => metric.Value), Is.GreaterThan(0));
        Assert.That(measured.Where(metric => metric.Name == "hardening.camera.ownership.acquired").Select(metric => metric.Tags["hardening.ownership.before"]), Is.EqualTo(["free", "released"]));
        Assert.That((first.Ownership.OwnedCameras, second.Ownership.OwnedCameras), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task A_camera_can_be_passed_on_by_hand_and_comes_back_where_nobody_else_wants_it(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        await using var first = await SharingHost.StartAsync("first", [device], timeout);
        await first.RunsAsync(device, timeout);
        Assert.That(await first.Ownership.ReleaseAsync(device.Name, timeout));
        await first.RunsAsync(device, timeout);
        await using var second = await SharingHost.StartAsync("second", [device], timeout);
        await second.WaitsAsync(device, timeout);
        Assert.That((await second.Ownership.ReleaseAsync(device.Name, timeout), await first.Ownership.ReleaseAsync(device.Name, timeout)), Is.EqualTo((false, true)));
        await second.RunsAsync(device, timeout);
        Assert.That(device.Overlaps, Is.Zero);
        Assert.That(() => first.Ownership.ReleaseAsync("south", timeout), Throws.ArgumentException.With.Message.Contains("There is no camera 'south'"));
    }

    [Test]
    public async Task A_host_takes_no_more_than_its_share_and_another_one_takes_the_rest(CancellationToken timeout)
    {
        FencedDevice[] devices = [.. Enumerable.Range(1, 5).Select(number => new FencedDevice($"camera-{number}"))];
        await using var first = await SharingHost.StartAsync("first", devices, timeout, options => options.MaxCameras = 3);
        await Eventually.HoldsAsync(() => first.Ownership.OwnedCameras == 3, "the first has its share", timeout);
        await using var second = await SharingHost.StartAsync("second", devices, timeout, options => options.MaxCameras = 3);
        await Eventually.HoldsAsync(() => second.Ownership.OwnedCameras == 2, "the second has the rest", timeout);
        await Eventually.HoldsAsync(() => devices.All(device => device.Users.Count == 1), "each camera has a host", timeout);
        await using var third = await SharingHost.StartAsync("third", devices, timeout, options => options.MaxCameras = 1);
        await Eventually.HoldsAsync(() => third.Ownership.GetStatus().All(status => status.State == CameraOwnershipState.Waiting), "the third stands in line for each", timeout);
        await second.StopAsync(timeout);
        await Eventually.HoldsAsync(() => third.Ownership.OwnedCameras == 1, "the third has one", timeout);
        await Eventually.HoldsAsync(() => third.Log.Records.Any(record => record.EventId == 5056), "it is offered the other one too", timeout);
        await Eventually.HoldsAsync(() => devices.Sum(device => device.Users.Count) == 4, "one camera stays without a host", timeout);
        Assert.That((first.Ownership.OwnedCameras, third.Ownership.OwnedCameras, devices.Sum(device => device.Overlaps)), Is.EqualTo((3, 1, 0L)));
    }

    [Test]
    public async Task A_camera_that_a_host_cannot_reach_goes_to_one_that_can(CancellationToken timeout)
    {
        var device = new FencedDevice("north") { UnreachableFrom = "first" };
        await using var first = await SharingHost.StartAsync("first", [device], timeout, options => options.PassOnAfter = TimeSpan.FromSeconds(2));
        await Eventually.HoldsAsync(() => first.Ownership.OwnedCameras == 1, "the first has the right", timeout);
        await using var second = await SharingHost.StartAsync("second", [device], timeout);
        await second.RunsAsync(device, timeout);
        Assert.That(first.Log.Records.Select(record => record.EventId), Does.Contain(5055).And.Contain(5052));
    }

    [Test]
    public async Task The_right_is_confirmed_for_longer_than_the_broker_lets_anyone_keep_a_message(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        var closed = KeepMessageAsync(timeout);
        await using var only = await SharingHost.StartAsync("only", [device], timeout, options => options.ReleaseAfter = LongRelease);
        await only.RunsAsync(device, timeout);
        await Eventually.HoldsAsync(() => only.Processed(device) > 300, "it has run for three of the broker's limits", timeout);
        Assert.That((await closed).ReplyText, Does.Contain("timed out"), "somebody who keeps one loses the channel");
        Assert.That(only.Log.Records.Where(record => record.EventId is 5053 or 5058), Is.Empty);
        Assert.That(only.Status(device).Term, Is.EqualTo(1));
    }

    [Test]
    public async Task Without_the_broker_a_camera_is_let_go_and_taken_again_when_it_is_back(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        await using var first = await SharingHost.StartAsync("first", [device], timeout);
        await first.RunsAsync(device, timeout);
        await using var second = await SharingHost.StartAsync("second", [device], timeout);
        await second.WaitsAsync(device, timeout);
        await Eventually.HoldsAsync(() => first.Processed(device) > 150, "it has run for three seconds: a queue that was made within the last one a killed broker may have forgotten", timeout);
        await CameraBroker.Shared.KillAsync(timeout);
        try
        {
            await Eventually.HoldsAsync(() => device.Users.Count == 0, "nobody has it", timeout);
            Assert.That(first.Log.Records.Select(record => record.EventId), Does.Contain(5053));
        }
        finally
        {
            await CameraBroker.Shared.StartAgainAsync(timeout);
        }

        await Eventually.HoldsAsync(() => first.Processed(device) + second.Processed(device) > 3, "somebody has it", timeout);
        Assert.That((first.Ownership.OwnedCameras + second.Ownership.OwnedCameras, device.Overlaps), Is.EqualTo((1, 0L)));
    }

    [Test]
    public async Task A_host_that_keeps_its_cameras_runs_them_through_a_restart_of_the_broker(CancellationToken timeout)
    {
        var device = new FencedDevice("north", isFenced: true);
        void Keep(CameraOwnershipOptions options) => options.KeepWhenBrokerIsLost = true;
        await using var first = await SharingHost.StartAsync("first", [device], timeout, Keep);
        await first.RunsAsync(device, timeout);
        await using var second = await SharingHost.StartAsync("second", [device], timeout, Keep);
        await second.WaitsAsync(device, timeout);
        await CameraBroker.Shared.RestartAsync(timeout);
        await second.WaitsAsync(device, timeout);
        await Eventually.HoldsAsync(() => first.Ownership.GetStatus()[0].State == CameraOwnershipState.Owned && second.Log.Records.Count(record => record.EventId == 5050) == 2, "both are in line again", timeout);
        var processed = first.Processed(device);
        await Eventually.HoldsAsync(() => first.Processed(device) > processed, "it runs on", timeout);
        var frames = first.Status(device).Frames!.Cameras[0];
        Assert.That((frames.Reconnects, frames.Outages, first.Status(device).Term), Is.EqualTo((0L, 0L, 1L)));
        Assert.That(first.Log.Records.Select(record => record.EventId), Does.Contain(5058).And.No.Member(5052));
    }

    [Test]
    public async Task What_cannot_be_is_said_at_the_start(CancellationToken timeout)
    {
        var device = new FencedDevice("north");
        var late = (await Assert.ThrowsAsync<OptionsValidationException>(() => SharingHost.StartAsync("first", [device], timeout, options => options.ReleaseAfter = TimeSpan.FromSeconds(20))))!;
        Assert.That(late.Message, Does.Contain("ReleaseAfter").And.Contain("no more than Heartbeat"));
        var nobody = (await Assert.ThrowsAsync<BrokerUnavailableException>(() => SharingHost.StartAsync("first", [device], timeout, broker: broker => broker.Uri = new Uri("amqp://127.0.0.1:1"))))!;
        Assert.That(nobody.Message, Does.Contain("127.0.0.1:1"));
        await using var patient = await SharingHost.StartAsync("first", [device], timeout, broker: broker => (broker.Uri, broker.Required) = (new Uri("amqp://127.0.0.1:1"), false));
        Assert.That(patient.Status(device).State, Is.EqualTo(CameraOwnershipState.Away));
    }

    // Completes when the broker closes the channel of somebody who does not acknowledge.
    private static async Task<ShutdownEventArgs> KeepMessageAsync(CancellationToken timeout)
    {
        await using var connection = await new ConnectionFactory { Uri = CameraBroker.Shared.Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(timeout);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: timeout);
        var closed = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason);
            return Task.CompletedTask;
        };
        var queue = await channel.QueueDeclareAsync(cancellationToken: timeout);
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: false, new AsyncEventingBasicConsumer(channel), timeout);
        await channel.BasicPublishAsync("", queue.QueueName, ReadOnlyMemory<byte>.Empty, timeout);
        return await closed.Task.WaitAsync(timeout);
    }
}
