namespace Hardening.Runtime.Aravis.Tests;

/// <summary>Cameras that lose packets, freeze and die. Each test has its own.</summary>
public sealed class AravisFaultTests
{
    [Test, CancelAfter(60_000)]
    public void Delivers_damaged_frames_as_such(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(lostPacketsPerThousand: 20);
        using var camera = new OpenCamera(Options(farm), timeout);
        var (complete, incomplete, wrong) = (0, 0, 0);
        camera.Read(
            lease =>
            {
                var isComplete = lease.Info.Status == FrameStatus.Complete;
                complete += isComplete ? 1 : 0;
                incomplete += lease.Info.Status == FrameStatus.Incomplete ? 1 : 0;
                wrong += isComplete && !SimulatedImage.Matches(lease) ? 1 : 0;
                return complete >= 10 && incomplete >= 10;
            },
            timeout);
        TestContext.Out.WriteLine($"{complete} complete, {incomplete} incomplete; {camera.Source.GetStatistics()}");
        Assert.That(wrong, Is.Zero);
        Assert.That(camera.Source.GetStatistics().FailedFrames, Is.GreaterThanOrEqualTo(incomplete));
    }

    [Test, CancelAfter(60_000)]
    public void Goes_on_after_a_camera_froze_for_a_while(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm), timeout);
        camera.Read(5, _ => { }, timeout);
        farm.Cameras[0].Freeze();
        while (camera.Source.Read(TimeSpan.FromMilliseconds(300), timeout) is { Status: FrameReadStatus.Frame } read)
        {
            read.Lease.Dispose(); // those under way
        }

        farm.Cameras[0].Thaw();
        camera.Read(5, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Is_stopped_in_time_while_the_camera_is_frozen_and_can_be_opened_again(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var camera = new OpenCamera(Options(farm), timeout);
        camera.Read(5, _ => { }, timeout);
        farm.Cameras[0].Freeze();
        camera.Source.Stop();
        Assert.That(camera.Pool!.Rented, Is.Zero, "the driver gives its buffers back without the camera");
        camera.Dispose();
        Assert.That(camera.Log.Records.Select(record => record.EventId), Has.Member(4154), "nobody waits for the library, which takes 7.5 s");
        farm.Cameras[0].Thaw();
        using var again = new OpenCamera(Options(farm), timeout); // waits until the old connection is closed
        again.Read(5, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_a_dead_camera_is_gone(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm), timeout);
        camera.Read(5, _ => { }, timeout);
        farm.Cameras[0].Kill();
        var thrown = Assert.Throws<FrameSourceException>(() => camera.Read(_ => false, timeout))!;
        Assert.That(thrown.Message, Does.Contain("it is gone").And.Contain(farm.Cameras[0].Address.ToString()));
        Assert.Throws<FrameSourceException>(() => camera.Read(_ => false, timeout), "it stays gone");
        camera.Dispose();
        farm.Restart(0);
        using var again = new OpenCamera(Options(farm), timeout);
        again.Read(5, _ => { }, timeout);
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
