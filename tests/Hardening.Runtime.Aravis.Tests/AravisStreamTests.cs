namespace Hardening.Runtime.Aravis.Tests;

/// <summary>What becomes of packets: those that are lost, those that are too large, those for which there is no buffer.</summary>
public sealed class AravisStreamTests
{
    [TestCase(true, false)]
    [TestCase(true, true)]
    [TestCase(false, false)]
    [CancelAfter(60_000)]
    public void Lost_packets_are_asked_for_again(bool resend, bool extendedIds, CancellationToken timeout)
    {
        const int Frames = 60;
        using var farm = GvFarm.Start(options: new GvCameraOptions { HasExtendedIds = extendedIds });
        farm.Cameras[0].Faults.LostPerThousand = 20;
        var options = farm.Options(0);
        (options.PacketResend, options.PacketSize, options.FrameRate) = (resend, 1400, 25); // 57 packets a frame, of which one is missing on average
        options.FrameRetention = TimeSpan.FromSeconds(2);                                   // a busy machine is no reason to give a frame up
        using var camera = new OpenCamera(options, timeout);
        var (complete, incomplete, wrong) = (0, 0, 0);
        camera.Read(
            lease =>
            {
                var isComplete = lease.Info.Status == FrameStatus.Complete;
                (complete, incomplete) = isComplete ? (complete + 1, incomplete) : (complete, incomplete + 1);
                wrong += isComplete && !SimulatedImage.Matches(lease) ? 1 : 0;
                return complete + incomplete == Frames;
            },
            timeout);
        var statistics = camera.Source.GetStatistics();
        TestContext.Out.WriteLine($"{complete} complete, {incomplete} incomplete; {farm.Cameras[0].ResentPackets} packets sent again; {statistics}");
        Assert.That(wrong, Is.Zero);
        if (resend)
        {
            Assert.That(incomplete, Is.LessThanOrEqualTo(2));
            Assert.That((statistics.ResentPackets, farm.Cameras[0].ResentPackets), Is.GreaterThan((0L, 0L)));
        }
        else
        {
            Assert.That(incomplete, Is.GreaterThan(Frames / 4));
            Assert.That((statistics.ResendRequests, farm.Cameras[0].ResentPackets), Is.EqualTo((0L, 0L)));
        }
    }

    [Test, CancelAfter(60_000)]
    public void Packets_that_overtake_each_other_or_come_twice_do_no_harm(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        (farm.Cameras[0].Faults.SwappedPerThousand, farm.Cameras[0].Faults.DuplicatedPerThousand) = (100, 100);
        using var camera = new OpenCamera(farm.Options(0), timeout);
        var left = 30;
        camera.Read(lease => lease.Info.Status == FrameStatus.Complete && SimulatedImage.Matches(lease) && --left == 0, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Packets_become_as_large_as_the_way_carries(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        foreach (var mtu in new[] { 3000, 1500, 9000 })
        {
            farm.Cameras[0].Faults.Mtu = mtu;
            using var camera = new OpenCamera(farm.Options(0), timeout);
            Assert.That(farm.Cameras[0].ReadRegister(GvRegister.StreamPacketSize) & 0xffff, Is.InRange(mtu - 8, mtu));
            camera.Read(lease => lease.Info.Status == FrameStatus.Complete, timeout);
            Assert.That(camera.Log.Records.Select(record => record.EventId), Has.No.Member(4156));
        }
    }

    [Test, CancelAfter(60_000)]
    public void Packets_do_not_become_larger_than_the_MTU_though_they_arrive_in_pieces(CancellationToken timeout) => PrivateNetwork.Run(
        () =>
        {
            Assert.That(Shell.Run("ip", "link", "set", "lo", "mtu", "1302").ExitCode, Is.Zero);
            using var farm = GvFarm.Start();
            using var camera = new OpenCamera(farm.Options(0), timeout);
            Assert.That(farm.Cameras[0].ReadRegister(GvRegister.StreamPacketSize) & 0xffff, Is.EqualTo(1300), "the largest below 1302 that the camera allows, in steps of 4");
            camera.Read(lease => lease.Info.Status == FrameStatus.Complete, timeout);
        },
        TimeSpan.FromSeconds(50));

    [Test, CancelAfter(60_000)]
    public void A_camera_without_test_packets_keeps_its_packets_and_says_so(CancellationToken timeout)
    {
        using var farm = GvFarm.Start(options: new GvCameraOptions { CanFireTestPackets = false, PacketSize = 1444 });
        using var camera = new OpenCamera(farm.Options(0), timeout);
        Assert.That(farm.Cameras[0].ReadRegister(GvRegister.StreamPacketSize) & 0xffff, Is.EqualTo(1444));
        Assert.That(camera.Log.Records.Single(record => record.EventId == 4156).Message, Does.Contain("sends them with 1444 bytes"));
        camera.Read(lease => lease.Info.Status == FrameStatus.Complete, timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task Frames_that_the_driver_had_no_buffer_for_are_told_one_by_one(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        var options = farm.Options(0);
        (options.Width, options.Height, options.FrameRate, options.DriverBuffers) = (64, 64, 200, 2);
        using var camera = new OpenCamera(options, timeout);
        await Eventually.HoldsAsync(() => camera.Source.GetStatistics().UnderrunPackets > 50, "nobody reads, and buffers run out", timeout);
        var (last, dropped, gaps, reads) = (0L, 0, 0, 0);
        while (reads < 100)
        {
            timeout.ThrowIfCancellationRequested();
            var read = camera.Source.Read(TimeSpan.FromMilliseconds(100), timeout);
            if (read.Status != FrameReadStatus.Timeout)
            {
                gaps += last > 0 && read.Info.Sequence != last + 1 ? 1 : 0;
                dropped += read.Status == FrameReadStatus.Dropped ? 1 : 0;
                last = read.Info.Sequence;
                reads++;
            }

            read.Lease.Dispose();
        }

        TestContext.Out.WriteLine($"{dropped} dropped of {reads}; {camera.Source.GetStatistics()}");
        Assert.That(dropped, Is.GreaterThan(5));
        Assert.That(gaps, Is.Zero);
        camera.Source.Stop();
        Assert.That(camera.Pool!.Rented, Is.Zero, camera.Pool.DescribeHolders());
    }

    [Test]
    public void Without_the_right_to_more_the_receive_buffer_is_as_large_as_the_system_allows()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        var limit = int.Parse(File.ReadAllText("/proc/sys/net/core/rmem_max"), System.Globalization.CultureInfo.InvariantCulture);
        var fd = (int)socket.Handle;
        Assert.That(Interop.Libc.SetReceiveBuffer(fd, int.MaxValue / 2, mayForce: false), Is.EqualTo(limit));
        Assert.That(Interop.Libc.SetReceiveBuffer(fd, 128 << 10, mayForce: false), Is.EqualTo(128 << 10));
    }
}
