namespace Hardening.Runtime.Aravis.Tests;

/// <summary>One living camera.</summary>
public sealed class AravisFrameSourceTests
{
    private SimulatorFarm? _farm;

    [OneTimeSetUp]
    public void StartCamera() => _farm = SimulatorFarm.Start();

    [OneTimeTearDown]
    public void StopCamera() => _farm?.Dispose();

    [Test, CancelAfter(60_000)]
    public void Delivers_the_pixels_that_the_camera_sent_across_the_wrap_of_its_numbers(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(); // a new camera begins to count at 65,401 or so
        var options = Small(frameRate: 200);
        options.Address = farm.Cameras[0].Address.ToString();
        using var camera = new OpenCamera(options, timeout);
        long previous = 0;
        var (damaged, wrong, disordered) = (0, 0, 0);
        camera.Read(
            lease =>
            {
                var info = lease.Info;
                disordered += info.Sequence <= previous ? 1 : 0;
                previous = info.Sequence;
                damaged += info.Status == FrameStatus.Complete ? 0 : 1;
                wrong += info.Status == FrameStatus.Complete && !SimulatedImage.Matches(lease) ? 1 : 0;
                return info.Sequence > 65_535 + 20;
            },
            timeout);
        Assert.That((wrong, disordered), Is.EqualTo((0, 0)));
        Assert.That(camera.Source.GetStatistics().FailedFrames, Is.EqualTo(damaged));
    }

    [TestCase(PixelFormat.Mono8, 1)]
    [TestCase(PixelFormat.Mono16, 2)]
    [TestCase(PixelFormat.BayerBG8, 1)]
    [TestCase(PixelFormat.RGB8, 3)]
    [CancelAfter(60_000)]
    public void Sends_what_it_is_asked_for(PixelFormat format, int pixelBytes, CancellationToken timeout)
    {
        var options = Small(frameRate: 25);
        (options.PixelFormat, options.Width, options.Height, options.OffsetX, options.OffsetY) = (format, 400, 300, 16, 8);
        (options.PacketSize, options.PacketDelay) = (4000, TimeSpan.Zero);
        using var camera = new OpenCamera(options, timeout);
        Assert.That(camera.Format, Is.EqualTo(new FrameFormat(400, 300, format, 400 * 300 * pixelBytes, 25)));
        camera.Read(
            lease =>
            {
                var info = lease.Info;
                if (info.Status != FrameStatus.Complete)
                {
                    return false;
                }

                Assert.That((info.Width, info.Height, info.PixelFormat, info.Stride, info.Length), Is.EqualTo((400, 300, format, 400 * pixelBytes, 400 * 300 * pixelBytes)));
                Assert.That((info.DeviceClock, info.DeviceTimestamp), Is.Not.EqualTo((FrameClock.None, 0ul)));
                return true;
            },
            timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Goes_on_where_it_was_stopped(CancellationToken timeout)
    {
        using var camera = new OpenCamera(Small(), timeout);
        camera.Read(3, _ => { }, timeout);
        var before = camera.Source.GetStatistics().ReceivedPackets;
        camera.Source.Stop();
        Assert.That(camera.Pool!.Rented, Is.Zero, camera.Pool.DescribeHolders());
        camera.Source.Start(camera.Pool);
        camera.Read(3, _ => { }, timeout);
        Assert.That(camera.Source.GetStatistics().ReceivedPackets, Is.GreaterThan(before), "counters do not begin anew");
    }

    [Test, CancelAfter(60_000)]
    public void Allocates_nothing_over_thousands_of_frames(CancellationToken timeout)
    {
        var options = Small(frameRate: 1000);
        (options.Width, options.Height) = (64, 64);
        using var camera = new OpenCamera(options, timeout);
        Func<int, bool> read = count =>
        {
            for (var left = count; left > 0;)
            {
                timeout.ThrowIfCancellationRequested();
                var lease = camera.Source.Read(TimeSpan.FromMilliseconds(100), timeout).Lease;
                left -= lease.IsEmpty ? 0 : 1;
                lease.Dispose();
            }

            return true;
        };
        read(200);
        var before = GC.GetAllocatedBytesForCurrentThread();
        read(3_000);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [TestCase("Width", 5000, "Width cannot be 5000: it allows 1 to 2048")]
    [TestCase("Height", 2049, "Height cannot be 2049: it allows 1 to 2048")]
    [TestCase("OffsetX", 2000, "OffsetX 2000 and Width 320 end at 2320: its sensor ends at 2048")]
    [TestCase("FrameRate", 2000.0, "the frame rate cannot be 2000 Hz: it allows 0.1 to 1000 Hz")]
    [TestCase("PixelFormat", PixelFormat.Mono12, "the pixel format cannot be Mono12: it offers BayerBG8, ")]
    [TestCase("PacketSize", 20_000, "GevSCPSPacketSize cannot be 20000: it allows ")]
    [TestCase("PacketSize", 222, "in steps of 4")]
    [CancelAfter(60_000)]
    public void Says_what_the_camera_allows_instead(string option, object value, string message, CancellationToken timeout)
    {
        var options = Small();
        typeof(AravisFrameSourceOptions).GetProperty(option)!.SetValue(options, value);
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!;
        Assert.That(thrown.Message, Does.Contain(message).And.Contain(options.Address).And.Contain("'camera'").And.Not.Contain("\n"));
        Assert.That(thrown.SourceName, Is.EqualTo("camera"));
        using var after = new OpenCamera(Small(), timeout);
        after.Read(1, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Refuses_an_address_that_this_machine_does_not_have(CancellationToken timeout)
    {
        var options = Small();
        options.InterfaceAddress = "203.0.113.7";
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!;
        Assert.That(thrown.Message, Does.Contain("203.0.113.7 is not an IPv4 address of this machine").And.Contain("127.0.0.1"));
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_there_is_no_camera(CancellationToken timeout)
    {
        var options = Small();
        options.Address = _farm!.EmptyAddress.ToString();
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!;
        Assert.That(thrown.Message, Does.Contain($"No GigE Vision camera answers at {options.Address} (camera 'camera', asked from 127."));
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_the_camera_is_in_use(CancellationToken timeout)
    {
        using var camera = new OpenCamera(Small(), timeout);
        var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(Small(), timeout).Dispose())!;
        Assert.That(thrown.Message, Does.Contain("it is in use: another application controls it"));
        camera.Read(1, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Leaves_nothing_behind_when_it_is_opened_and_closed_again_and_again(CancellationToken timeout)
    {
        Cycle(3);
        GC.Collect(); // what other tests left behind, and not what the cycles below do
        GC.WaitForPendingFinalizers();
        var before = (Entries("fd"), Entries("task"));
        Cycle(20);
        var after = (Entries("fd"), Entries("task"));
        TestContext.Out.WriteLine($"fds and threads before {before}, after {after}");
        Assert.That(after.Item1, Is.LessThanOrEqualTo(before.Item1 + 3), "descriptors"); // other threads of the run may open a few
        Assert.That(after.Item2, Is.LessThanOrEqualTo(before.Item2 + 3), "threads");

        void Cycle(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var camera = new OpenCamera(Small(frameRate: 100), timeout);
                camera.Read(1, _ => { }, timeout);
                camera.Source.Stop();
                Assert.That(camera.Pool!.Rented, Is.Zero);
            }
        }

        static int Entries(string what) => Directory.GetFileSystemEntries($"/proc/self/{what}").Length;
    }

    [Test, CancelAfter(60_000)]
    public void Counts_what_the_kernel_dropped(CancellationToken timeout)
    {
        using var metrics = new MetricRecorder();
        var options = Small(frameRate: 20);
        (options.Width, options.Height, options.PacketSize, options.ReceiveBufferBytes) = (2048, 2048, 9000, 64 << 10);
        using var camera = new OpenCamera(options, timeout);
        camera.Read(lease => lease.Info.Status == FrameStatus.Incomplete && camera.Source.GetStatistics().KernelDroppedPackets > 0, timeout);
        var values = metrics.Collect().Where(m => "camera".Equals(m.Tags["hardening.camera.name"])).ToLookup(m => m.Name, m => (m.Value, m.Unit));
        var (dropped, unit) = values["hardening.camera.aravis.socket.dropped"].Last();
        Assert.That(dropped, Is.GreaterThan(0));
        Assert.That(unit, Is.EqualTo("{packet}"));
        Assert.That(values["hardening.camera.aravis.frame.failed"].Last().Value, Is.GreaterThan(0));
        Assert.That(values["hardening.camera.aravis.socket.buffer"].Last(), Is.EqualTo((65_536.0, "By")));
    }

    [Test, CancelAfter(60_000)]
    public void Gets_the_receive_buffer_that_it_asked_for_or_warns(CancellationToken timeout)
    {
        using var camera = new OpenCamera(Small(), timeout);
        var bytes = camera.Source.GetStatistics().ReceiveBufferBytes;
        var warned = camera.Log.Records.Any(record => record.EventId == 4151);
        Assert.That(bytes, Is.GreaterThan(0));
        Assert.That(warned, Is.EqualTo(bytes < 64 << 20));
    }

    [Test, CancelAfter(60_000)]
    public void Takes_a_packet_socket_that_children_do_not_inherit_or_says_that_it_may_not(CancellationToken timeout)
    {
        var options = Small();
        options.SocketMode = AravisSocketMode.Packet;
        using var camera = new OpenCamera(options, timeout);
        camera.Read(lease => lease.Info.Status == FrameStatus.Complete && SimulatedImage.Matches(lease), timeout);
        var sockets = Interop.Libc.FindPacketSockets();
        Assert.That(sockets.Count == 0, Is.EqualTo(camera.Log.Records.Any(record => record.EventId == 4152)));
        foreach (var socket in sockets)
        {
            var flags = File.ReadLines($"/proc/self/fdinfo/{socket}").First(line => line.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..];
            Assert.That(Convert.ToInt32(flags.Trim(), 8) & 0x80000, Is.Not.Zero, "O_CLOEXEC");
        }
    }

    private AravisFrameSourceOptions Small(double frameRate = 50) => new()
    {
        Name = "camera",
        Address = _farm!.Cameras[0].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 320,
        Height = 240,
        OffsetX = 0,
        OffsetY = 0,
        FrameRate = frameRate,
        PacketSize = 1500,
    };
}
