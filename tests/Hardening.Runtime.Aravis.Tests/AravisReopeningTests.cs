namespace Hardening.Runtime.Aravis.Tests;

/// <summary>A source that is opened again, as a pipeline does after a break. Each test has its own camera.</summary>
public sealed class AravisReopeningTests
{
    [Test, CancelAfter(60_000)]
    public void Opens_again_after_a_stop_and_in_the_middle_of_a_stream(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm), timeout);
        for (var round = 0; round < 6; round++)
        {
            camera.Read(3, _ => { }, timeout);
            var before = camera.Source.GetStatistics().ReceivedPackets;
            if (round % 2 == 0)
            {
                camera.Source.Stop();
            }

            Assert.That(camera.Reopen(timeout), Is.EqualTo(camera.Format));
            Assert.That(camera.Source.GetStatistics().ReceivedPackets, Is.GreaterThanOrEqualTo(before), "counters do not begin anew");
            Assert.That(camera.Pool!.Rented, Is.EqualTo(camera.Source.DriverBuffers), camera.Pool.DescribeHolders());
        }

        camera.Read(3, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Keeps_the_frames_that_are_leased_over_a_reopening(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm), timeout);
        var kept = default(FrameLease);
        camera.Read(
            lease =>
            {
                kept = lease.Info.Status == FrameStatus.Complete ? lease.AddLease("kept") : default;
                return !kept.IsEmpty;
            },
            timeout);
        camera.Reopen(timeout);
        camera.Read(20, _ => { }, timeout);
        Assert.That(SimulatedImage.Matches(kept), "its pixels are still its own");
        kept.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public void Fails_with_a_reason_until_the_camera_is_back(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm), timeout);
        camera.Read(3, _ => { }, timeout);
        farm.Cameras[0].Kill();
        camera.Source.Stop();
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var thrown = Assert.Throws<FrameSourceException>(() => camera.Reopen(timeout))!;
            Assert.That(thrown.Message, Does.Contain("No GigE Vision camera answers at " + farm.Cameras[0].Address));
            Assert.That(camera.Pool!.Rented, Is.Zero, camera.Pool.DescribeHolders());
            Assert.Throws<InvalidOperationException>(() => camera.Source.Read(TimeSpan.Zero, timeout).Lease.Dispose());
        }

        farm.Restart(0);
        camera.Reopen(timeout);
        camera.Read(3, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Is_refused_while_another_one_has_control_and_takes_over_afterwards(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var first = new OpenCamera(Options(farm), timeout);
        using var second = new AravisFrameSource(Options(farm));
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        var context = new FrameSourceContext(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, meter);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var thrown = Assert.Throws<FrameSourceException>(() => second.Open(context, timeout))!;
            Assert.That(thrown.Message, Does.Contain("it is in use: another application controls it"));
        }

        first.Read(3, _ => { }, timeout); // undisturbed
        first.Dispose();
        Assert.That(second.Open(context, timeout), Is.EqualTo(first.Format));
    }

    private static AravisFrameSourceOptions Options(SimulatorFarm farm) => new()
    {
        Name = "camera",
        Address = farm.Cameras[0].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 320,
        Height = 240,
        FrameRate = 50,
    };
}
