using Microsoft.Extensions.Options;
using OpenCvSharp;

namespace Hardening.Runtime.OpenCv.Tests;

public sealed class OpenCvFrameSourceOptionsTests
{
    [Test]
    public void Every_option_that_is_wrong_is_named()
    {
        var options = new OpenCvFrameSourceOptions
        {
            Name = "", Device = 256, Backend = VideoCaptureAPIs.ANY, PixelFormat = PixelFormat.RGB8, OpenTimeout = TimeSpan.Zero, ReadTimeout = TimeSpan.FromHours(1),
            OpenQueueTimeout = TimeSpan.Zero, MaxAbandoned = 0, Width = 0, FrameRate = 0, FourCc = "MJPEG",
        };
        options.OpenParameters[53] = 1;
        var thrown = Assert.Throws<OptionsValidationException>(() => new OpenCvFrameSource(options).Dispose());
        string[] wrong = ["Name", "Device", "Backend", "PixelFormat", "OpenTimeout", "ReadTimeout", "OpenQueueTimeout", "MaxAbandoned", "Width", "FrameRate", "FourCc", "OpenParameters"];
        Assert.Multiple(() => Array.ForEach(wrong, name => Assert.That(thrown!.Message, Does.Contain(name))));
    }

    [TestCase("a.avi", null, false)]
    [TestCase("/data/a%02d.png", null, false)]
    [TestCase("file:///data/a.avi", null, false)]
    [TestCase("rtsp://host/a", null, true)]
    [TestCase("http://host/a.mjpg", null, true)]
    [TestCase("http://host/a.mp4", false, false)]
    [TestCase("a.mjpg", true, true)]
    public void What_goes_on_for_ever_is_told_by_its_kind_or_by_the_option(string source, bool? isLive, bool expected) =>
        Assert.That(new OpenCvTarget(new OpenCvFrameSourceOptions { Source = source, IsLive = isLive }).IsLive, Is.EqualTo(expected));

    [Test]
    public void Each_kind_has_a_backend_of_its_own()
    {
        var device = new OpenCvTarget(new OpenCvFrameSourceOptions { Device = 3 });
        Assert.That((device.Backend, device.IsLive, device.Description), Is.EqualTo((VideoCaptureAPIs.V4L2, true, "device 3")));
        Assert.That(new OpenCvTarget(new OpenCvFrameSourceOptions { Source = "a.avi" }).Backend, Is.EqualTo(VideoCaptureAPIs.FFMPEG));
        var pipeline = new OpenCvTarget(new OpenCvFrameSourceOptions { Source = "v4l2src ! appsink", Backend = VideoCaptureAPIs.GSTREAMER });
        Assert.That(pipeline.IsLive);
    }

    [Test]
    public void A_password_is_not_shown() =>
        Assert.That(new OpenCvTarget(new OpenCvFrameSourceOptions { Source = "rtsp://me:secret@host/a" }).Description, Is.EqualTo("'rtsp://host/a'"));
}
