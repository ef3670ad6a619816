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
                Assert.That(Refusal(), Does.Contain("it sends packets of 1400 bytes, and lo carries 1300 (its MTU): set PacketSize to 1300 or less"));
                options.PacketSize = 9000;
                Assert.That(Refusal(), Does.Contain("PacketSize cannot be 9000: lo carries 1300 (its MTU)"));
                options.PacketSize = 1300;
                using var camera = new OpenCamera(options, timeout);
                camera.Read(lease => lease.Info.Status == FrameStatus.Complete && SimulatedImage.Matches(lease), timeout);

                string Refusal() => Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message;
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
