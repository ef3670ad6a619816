namespace Hardening.Runtime.Aravis.Tests;

/// <summary>The simulated camera of our own, with the programs of Aravis and with our source.</summary>
public sealed class GvCameraTests
{
    [Test, CancelAfter(60_000)]
    public void Speaks_with_the_library_by_all_kinds_of_frames(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        foreach (var format in new[] { PixelFormat.Mono8, PixelFormat.RGB8 })
        {
            var options = farm.Options(0);
            options.PixelFormat = format;
            using var camera = new OpenCamera(options, timeout);
            camera.Read(lease => lease.Info.Status == FrameStatus.Complete && (format != PixelFormat.Mono8 || SimulatedImage.Matches(lease)), timeout);
        }

        Assert.That(farm.Cameras[0].IsControlled, Is.False, "control was given back");
        Assert.That(farm.Cameras[0].DeniedWrites, Is.Zero);
    }
}
