namespace Hardening.Runtime.Aravis.Tests;

/// <summary>Values that come with frames, from a camera that sends them.</summary>
public sealed class AravisChunkTests
{
    [TestCase(false, Description = "as extended chunk data, the way of GigE Vision 1")]
    [TestCase(true, Description = "as images with chunks, the way of GigE Vision 2")]
    [CancelAfter(60_000)]
    public void Each_frame_carries_its_own_values(bool asImages, CancellationToken timeout)
    {
        using var farm = Start(asImages);
        using var camera = new OpenCamera(Options(farm), timeout);
        Assert.That(camera.Format.PayloadBytes, Is.GreaterThan(320 * 240), "room for what comes with it");
        foreach (var asked in new[] { 1234.5, 70 })
        {
            var exposure = camera.Source.Features.SetFloat("ExposureTime", asked); // it exposes whole lines
            farm.Cameras[0].SetLines((uint)exposure);
            var seen = 0;
            camera.Read(
                lease =>
                {
                    var info = lease.Info;
                    Assert.That((info.Status, info.Length, SimulatedImage.Matches(lease)), Is.EqualTo((FrameStatus.Complete, 320 * 240, true)));
                    var metadata = info.Metadata!;
                    Assert.That(metadata.TryGetInteger("ChunkFrameID", out var id), Is.True);
                    Assert.That(id, Is.EqualTo(info.Sequence), "of this frame, and no other");
                    Assert.That(metadata.TryGetInteger("ChunkTimestamp", out var timestamp), Is.True);
                    Assert.That((ulong)timestamp, Is.EqualTo(info.DeviceTimestamp));
                    Assert.That(metadata.TryGetInteger("ChunkLineStatusAll", out var lines) & metadata.TryGetFloat("ChunkExposureTime", out var exposed), Is.True);
                    seen += exposed == exposure && lines == (uint)exposure ? 1 : 0;
                    return seen >= 10;
                },
                timeout);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public void Frames_whose_chunks_do_not_add_up_lose_their_values_and_keep_their_picture(bool asImages, CancellationToken timeout)
    {
        using var farm = Start(asImages);
        using var camera = new OpenCamera(Options(farm), timeout);
        foreach (var error in new[] { 4, -4, 1 << 20, int.MinValue, -1 })
        {
            farm.Cameras[0].Faults.ChunkLengthError = error;
            var damaged = 0;
            camera.Read(
                lease =>
                {
                    Assert.That((lease.Info.Status, SimulatedImage.Matches(lease)), Is.EqualTo((FrameStatus.Complete, true)));
                    damaged += lease.Info.Metadata!.TryGetInteger("ChunkFrameID", out _) ? 0 : 1;
                    return damaged >= 3;
                },
                timeout);
            farm.Cameras[0].Faults.ChunkLengthError = 0;
            camera.Read(lease => lease.Info.Metadata!.TryGetInteger("ChunkFrameID", out var id) && id == lease.Info.Sequence, timeout);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    [CancelAfter(60_000)]
    public void Reading_them_allocates_nothing(bool asImages, CancellationToken timeout)
    {
        using var farm = Start(asImages);
        var options = Options(farm);
        (options.Width, options.Height, options.FrameRate) = (64, 64, 500);
        using var camera = new OpenCamera(options, timeout);
        long sum = 0;
        Read(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(1_000);
        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before, sum > 0), Is.EqualTo((0L, true)));

        void Read(int count)
        {
            while (count > 0)
            {
                timeout.ThrowIfCancellationRequested();
                var lease = camera.Source.Read(TimeSpan.FromMilliseconds(100), timeout).Lease;
                if (!lease.IsEmpty)
                {
                    count--;
                    sum += lease.Info.Metadata is { } metadata && metadata.TryGetInteger("ChunkFrameID", out var id) ? id : 0;
                }

                lease.Dispose();
            }
        }
    }

    [Test, CancelAfter(60_000)]
    public void Chunks_that_somebody_left_on_do_no_harm(CancellationToken timeout)
    {
        using var farm = Start(asImages: false);
        using (new OpenCamera(Options(farm), timeout))
        {
        }

        var options = Options(farm);
        options.Chunks = null;
        using (var camera = new OpenCamera(options, timeout))
        {
            Assert.That(camera.Source.Features.GetBoolean("ChunkModeActive"), Is.True);
            camera.Read(5, lease => Assert.That((lease.Info.Status, lease.Info.Metadata, SimulatedImage.Matches(lease)), Is.EqualTo((FrameStatus.Complete, (FrameMetadata?)null, true))), timeout);
        }

        options.Chunks = [];
        using var off = new OpenCamera(options, timeout);
        Assert.That((off.Source.Features.GetBoolean("ChunkModeActive"), off.Format.PayloadBytes), Is.EqualTo((false, 320 * 240)));
        off.Read(5, lease => Assert.That(lease.Info.Status, Is.EqualTo(FrameStatus.Complete)), timeout);
    }

    private static GvFarm Start(bool asImages) => GvFarm.Start(options: new GvCameraOptions { SendsChunksAsImages = asImages });

    private static AravisFrameSourceOptions Options(GvFarm farm)
    {
        var options = farm.Options(0);
        options.Chunks = ["ChunkFrameID", "ChunkTimestamp", "ChunkExposureTime", "ChunkLineStatusAll"];
        return options;
    }
}
