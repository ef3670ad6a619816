namespace Hardening.Runtime.Aravis.Tests;

public sealed class AravisCamerasTests
{
    [Test, CancelAfter(90_000)]
    public void Finds_cameras_by_broadcast_and_opens_one_by_its_serial_number(CancellationToken timeout)
    {
        SimulatorFarm.RequireSimulator();
        PrivateNetwork.Run(
            () =>
            {
                using var farm = SimulatorFarm.Start(cameras: 3);
                var found = AravisCameras.Discover();
                Assert.That(
                    found.Select(camera => (camera.Address, camera.SerialNumber)),
                    Is.EquivalentTo(farm.Cameras.Select(camera => (camera.Address.ToString(), camera.Serial))));
                Assert.That(found.Select(camera => camera.Id), Is.All.StartsWith("Aravis-"));
                Assert.That(found.Select(camera => (camera.Interface, camera.IsReachable)), Is.All.EqualTo(("lo", true)));
                Assert.That(AravisCameras.Find(farm.Cameras[2].Address.ToString()).SerialNumber, Is.EqualTo(farm.Cameras[2].Serial));

                var wanted = farm.Cameras[1];
                using (var camera = new OpenCamera(Options(wanted.Serial), timeout))
                {
                    camera.Read(3, _ => { }, timeout);
                    Assert.That(camera.Log.Records.First(record => record.EventId == 4150).Message, Does.Contain(wanted.Address.ToString()).And.Contain(wanted.Serial));
                }

                var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(Options("nobody"), timeout).Dispose())!;
                Assert.That(thrown.Message, Does.Contain("There is no GigE Vision camera 'nobody' (camera 'found')").And.Contain(wanted.Serial));
            },
            TimeSpan.FromSeconds(80));
    }

    [TestCase(false)]
    [TestCase(true, Description = "A camera that cannot reach this machine otherwise answers by broadcast.")]
    [CancelAfter(60_000)]
    public void Finds_cameras_of_another_subnet_and_says_so(bool answersByBroadcast, CancellationToken timeout)
    {
        PrivateNetwork.Run(
            () =>
            {
                Assert.That(Shell.Run("ip", "address", "add", "10.20.30.1/24", "dev", "lo").ExitCode, Is.Zero);
                using var responder = new DiscoveryResponder("169.254.7.9", "255.255.0.0", "S17", answersByBroadcast);
                var camera = AravisCameras.Discover(cancellationToken: timeout).Single();
                Assert.That(
                    (camera.Id, camera.Model, camera.UserName, camera.MacAddress, camera.Interface, camera.IsReachable),
                    Is.EqualTo(("Acme-S17", "Model 1", "north gate", "00:11:22:AA:BB:CC", "lo", false)));
                Assert.That(camera.Obstacle, Does.StartWith("its address 169.254.7.9/16 and that of this machine, 127.0.0.1/8 on lo, are not in one subnet"));
                foreach (var name in new[] { "Acme-S17", "S17", "north gate", "00-11-22-aa-bb-cc", "001122AABBCC", "169.254.7.9" })
                {
                    Assert.That(Assert.Throws<FrameSourceException>(() => AravisCameras.Find(name, cancellationToken: timeout))!.Message, Does.Contain($"'{name}' was found").And.Contain("169.254.7.9/16"));
                }

                var options = Options("S17");
                Assert.That(Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message, Does.Contain("'S17' was found (camera 'found'), and cannot be reached: its address 169.254.7.9/16"));
                Assert.That(Assert.Throws<FrameSourceException>(() => AravisCameras.Discover(interfaceAddress: "10.20.30.9", cancellationToken: timeout))!.Message, Does.Contain("10.20.30.9 is not an IPv4 address of this machine").And.Contain("lo (10.20.30.1/24)"));
                Assert.That(AravisCameras.Discover(TimeSpan.FromSeconds(2), "10.20.30.1", timeout).Single().InterfaceAddress, Is.EqualTo("10.20.30.1"));
            },
            TimeSpan.FromSeconds(50));
    }

    [Test, CancelAfter(60_000)]
    public void Names_both_networks_when_nobody_answers_in_another_subnet(CancellationToken timeout)
    {
        PrivateNetwork.Run(
            () =>
            {
                Assert.That(Shell.Run("ip", "route", "add", "10.99.0.0/16", "dev", "lo").ExitCode, Is.Zero);
                var options = new AravisFrameSourceOptions { Name = "left", Address = "10.99.1.2" };
                Assert.That(
                    Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message,
                    Does.Contain("No GigE Vision camera answers at 10.99.1.2").And.Contain("10.99.1.2 is in no subnet of this machine, which has lo (127.0.0.1/8)"));
            },
            TimeSpan.FromSeconds(50));
    }

    [Test, CancelAfter(60_000)]
    public void Discovery_can_be_given_up_and_several_may_ask_at_once(CancellationToken timeout)
    {
        PrivateNetwork.Run(
            () =>
            {
                using var responder = new DiscoveryResponder("127.0.0.1", "255.0.0.0", "S1", broadcasts: false);
                using var impatient = CancellationTokenSource.CreateLinkedTokenSource(timeout);
                impatient.CancelAfter(100);
                var thrown = Assert.Throws<OperationCanceledException>(() => AravisCameras.Discover(TimeSpan.FromMinutes(1), cancellationToken: impatient.Token))!;
                Assert.That(thrown.CancellationToken, Is.EqualTo(impatient.Token));
                IReadOnlyList<AravisCamera> found = [];
                var other = new Thread(() => found = AravisCameras.Discover(TimeSpan.FromSeconds(2), cancellationToken: timeout)); // in this network, as a thread of it
                other.Start();
                var own = AravisCameras.Discover(TimeSpan.FromSeconds(2), cancellationToken: timeout);
                Assert.That(other.Join(TimeSpan.FromSeconds(30)));
                Assert.That((own.Single().SerialNumber, found.Single().SerialNumber), Is.EqualTo(("S1", "S1")));
            },
            TimeSpan.FromSeconds(50));
    }

    [Test, CancelAfter(90_000)]
    public void Packets_may_not_be_larger_than_the_network_carries(CancellationToken timeout)
    {
        SimulatorFarm.RequireSimulator();
        PrivateNetwork.Run(
            () =>
            {
                Assert.That(Shell.Run("ip", "link", "set", "lo", "mtu", "1300").ExitCode, Is.Zero);
                using var farm = SimulatorFarm.Start();
                var options = new AravisFrameSourceOptions { Name = "camera", Address = farm.Cameras[0].Address.ToString(), Width = 320, Height = 240, FrameRate = 50 };
                options.PacketSize = 9000;
                var thrown = Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!;
                Assert.That(thrown.Message, Does.Contain("PacketSize cannot be 9000: lo carries 1300 (its MTU)"));
                options.PacketSize = null; // the camera has 1,400, and no test packets
                using var camera = new OpenCamera(options, timeout);
                camera.Read(lease => lease.Info.Status == FrameStatus.Complete && SimulatedImage.Matches(lease), timeout);
                Assert.That(camera.Log.Records.Single(record => record.EventId == 4156).Message, Does.Contain("sends them with 1300 bytes; lo carries 1300"));
            },
            TimeSpan.FromSeconds(80));
    }

    [Test, CancelAfter(90_000)]
    public void Cameras_may_be_opened_and_closed_at_once(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(cameras: 5);
        var frames = 0;
        Parallel.ForEach(farm.Cameras, new ParallelOptions { MaxDegreeOfParallelism = 5, CancellationToken = timeout }, simulator =>
        {
            var options = new AravisFrameSourceOptions { Name = simulator.Serial, Address = simulator.Address.ToString(), Width = 64, Height = 64, FrameRate = 100 };
            for (var i = 0; i < 8; i++)
            {
                using var camera = new OpenCamera(options, timeout);
                camera.Read(2, _ => Interlocked.Increment(ref frames), timeout);
            }
        });
        Assert.That(frames, Is.EqualTo(5 * 8 * 2));
    }

    private static AravisFrameSourceOptions Options(string device) => new() { Name = "found", Device = device, Width = 320, Height = 240, FrameRate = 50 };
}
