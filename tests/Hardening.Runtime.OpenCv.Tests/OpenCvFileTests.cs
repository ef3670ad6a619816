using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>Files: every frame, once, and then the end.</summary>
public sealed class OpenCvFileTests
{
    [TestCase(PixelFormat.BGR8, VideoCaptureAPIs.FFMPEG, 3)]
    [TestCase(PixelFormat.Mono8, VideoCaptureAPIs.FFMPEG, 1)]
    [TestCase(PixelFormat.BGR8, VideoCaptureAPIs.OPENCV_MJPEG, 3)]
    [CancelAfter(60_000)]
    public void Every_frame_comes_once_in_order_and_then_the_end(PixelFormat format, VideoCaptureAPIs backend, int pixelBytes, CancellationToken timeout)
    {
        using var file = new OpenSource(
            new OpenCvFrameSourceOptions { Source = Video.Write(TestDirectory.Path, frames: 50), PixelFormat = format, Backend = backend }, timeout);
        Assert.That(file.Format, Is.EqualTo(new FrameFormat(64, 48, format, 64 * 48 * pixelBytes, null)), "a file is read as fast as it can be");
        var expected = 0;
        ulong previous = 0;
        var frames = file.Read(
            lease =>
            {
                var info = lease.Info;
                Assert.That((info.Sequence, info.Status, info.Stride, info.Length), Is.EqualTo(((long)expected, FrameStatus.Complete, 64 * pixelBytes, 64 * 48 * pixelBytes)));
                Assert.That(Video.Shows(info, lease.Pixels, expected), $"frame {expected} shows {lease.Pixels[0]} to {lease.Pixels[^1]}");
                Assert.That(info.DeviceTimestamp, Is.GreaterThanOrEqualTo(previous));
                (previous, expected) = (info.DeviceTimestamp, expected + 1);
                return false;
            },
            timeout);
        Assert.That(frames, Is.EqualTo(50));
        Assert.That(previous, Is.EqualTo(49 * 40_000_000ul).Within(40_000_001ul), "25 frames per second");
        Assert.That(file.Source.GetStatistics(), Is.EqualTo(new OpenCvStatistics { Opened = 1 }), "each was written in place");
        Assert.That(file.Source.Read(TimeSpan.Zero, timeout).Status, Is.EqualTo(FrameReadStatus.EndOfStream), "the end stays the end");
        file.Source.Stop();
        Assert.That(file.Pool!.Rented, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void A_file_that_is_said_to_be_live_breaks_at_its_end(CancellationToken timeout)
    {
        using var file = new OpenSource(new OpenCvFrameSourceOptions { Name = "line", Source = Video.Write(TestDirectory.Path, frames: 5_000), IsLive = true }, timeout);
        var thrown = Assert.Throws<FrameSourceException>(() => file.Read(_ => false, timeout));
        Assert.That(thrown!.Message, Does.Contain("'line'").And.Contain("broke"));
        Assert.That(thrown.SourceName, Is.EqualTo("line"));
    }

    [Test, CancelAfter(60_000)]
    public void Numbers_start_anew_when_it_is_opened_again_and_leased_frames_stay(CancellationToken timeout)
    {
        using var file = new OpenSource(new OpenCvFrameSourceOptions { Source = Video.Write(TestDirectory.Path, frames: 50) }, timeout);
        FrameLease kept = default;
        file.Read(
            lease =>
            {
                kept = lease.Info.Sequence == 7 ? lease.AddLease("test") : kept;
                return !kept.IsEmpty;
            },
            timeout);
        file.Source.Stop();
        file.Open(timeout);
        file.Source.Start(file.Pool!);
        file.Read(
            lease =>
            {
                Assert.That(lease.Info.Sequence, Is.Zero);
                return true;
            },
            timeout);
        Assert.That(Video.Shows(kept.Info, kept.Pixels, 7));
        kept.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public void What_cannot_be_opened_says_so_and_may_be_tried_again(CancellationToken timeout)
    {
        var path = Path.Combine(TestDirectory.Path, "later.avi");
        using var source = new OpenCvFrameSource(new OpenCvFrameSourceOptions { Name = "later", Source = path });
        using var meter = new System.Diagnostics.Metrics.Meter("test");
        var context = new FrameSourceContext(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, meter);
        var missing = Assert.Throws<FrameSourceException>(() => source.Open(context, timeout));
        Assert.That(missing!.Message, Does.Contain("later.avi").And.Contain("FFMPEG").And.Contain("'later'"));
        File.WriteAllText(path, "no video");
        Assert.Throws<FrameSourceException>(() => source.Open(context, timeout));
        File.Move(Video.Write(TestDirectory.Path, frames: 3), path, overwrite: true);
        Assert.That(source.Open(context, timeout).Width, Is.EqualTo(64));
        Assert.That(source.GetStatistics().Abandoned, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public void Pictures_of_another_size_are_delivered_as_such_as_far_as_they_fit(CancellationToken timeout)
    {
        var directory = Directory.CreateDirectory(Path.Combine(TestDirectory.Path, "sizes")).FullName;
        (int Width, int Height)[] sizes = [(64, 48), (64, 48), (96, 72), (32, 24), (64, 48)];
        for (var number = 0; number < sizes.Length; number++)
        {
            using var picture = new Mat(sizes[number].Height, sizes[number].Width, MatType.CV_8UC3, Scalar.All(Video.Grey(number)));
            Cv2.ImWrite(Path.Combine(directory, $"{number:D3}.png"), picture);
        }

        using var file = new OpenSource(new OpenCvFrameSourceOptions { Source = Path.Combine(directory, "%03d.png"), Backend = VideoCaptureAPIs.IMAGES }, timeout);
        var seen = new List<(int, int, FrameStatus)>();
        file.Read(
            lease =>
            {
                Assert.That(Video.Shows(lease.Info, lease.Pixels, lease.Info.Sequence));
                seen.Add((lease.Info.Width, lease.Info.Height, lease.Info.Status));
                return false;
            },
            timeout);
        Assert.That(seen, Is.EqualTo(new[]
        {
            (64, 48, FrameStatus.Complete), (64, 48, FrameStatus.Complete), (96, 32, FrameStatus.WrongSize), (32, 24, FrameStatus.WrongSize), (64, 48, FrameStatus.Complete),
        }));
        Assert.That(file.Source.GetStatistics().CopiedFrames, Is.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public void Allocates_nothing_on_the_threads_of_OpenCV_either(CancellationToken timeout)
    {
        using var file = new OpenSource(new OpenCvFrameSourceOptions { Source = Video.Write(TestDirectory.Path, frames: 3_000) }, timeout);
        long before = 0;
        file.Read(
            lease =>
            {
                before = lease.Info.Sequence == 500 ? GC.GetTotalAllocatedBytes(precise: true) : before;
                return lease.Info.Sequence == 2_500;
            },
            timeout);
        var perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / 2_000.0;
        Assert.That(perFrame, Is.LessThan(8), "bytes per frame; other threads of the tests may add some");
    }
}
