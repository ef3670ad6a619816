namespace Hardening.Runtime.Aravis.Tests;

/// <summary>Which clock timestamps are from. The test plays the network's part, by writing to the simulator's registers.</summary>
public sealed class AravisClockTests
{
    private const int Uncalibrated = 8;
    private const int Slave = 9;
    private const int Master = 6;

    private SimulatedFeatures? _features;

    [OneTimeSetUp]
    public void WriteFeatures()
    {
        SimulatorFarm.RequireSimulator();
        _features = SimulatedFeatures.Write();
    }

    [OneTimeTearDown]
    public void DeleteFeatures() => _features?.Dispose();

    [Test, CancelAfter(60_000)]
    public void Frames_carry_the_networks_clock_while_the_camera_follows_it(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        var options = Options(farm);
        (options.Ptp, options.PtpCheckEvery) = (true, TimeSpan.FromMilliseconds(100));
        using var camera = new OpenCamera(options, timeout);
        var live = camera.Source.Features;
        Assert.That(live.GetBoolean("PtpEnable"), Is.True);
        ReadUntil(FrameClock.Device);
        Assert.That(camera.Log.Records.Select(record => record.EventId), Has.Member(4159).And.Not.Member(4158));

        (int Status, int Servo, FrameClock Clock)[] steps =
        [
            (Slave, 1, FrameClock.Ptp), (Uncalibrated, 1, FrameClock.Device), (Slave, 0, FrameClock.Device), (Slave, 1, FrameClock.Ptp), (Slave, 0, FrameClock.Device), (Master, 0, FrameClock.Ptp),
        ];
        foreach (var (status, servo, clock) in steps)
        {
            live.SetInteger("PtpServoStatusOfTest", servo);
            live.SetInteger("PtpStatusOfTest", status);
            ReadUntil(clock);
        }

        Assert.That(camera.Log.Records.Where(record => record.EventId == 4158).Select(record => record.Message), Has.Some.Contain("PTP: Slave, servo Locked"));

        void ReadUntil(FrameClock clock) => camera.Read(
            lease =>
            {
                Assert.That(lease.Info.DeviceTimestamp, Is.Not.Zero);
                return lease.Info.DeviceClock == clock;
            },
            timeout);
    }

    [Test, CancelAfter(60_000)]
    public void Opening_waits_for_the_clock_as_long_as_it_may(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        var options = Options(farm);
        (options.Ptp, options.PtpWait) = (true, TimeSpan.FromMilliseconds(400));
        options.Features = ["PtpStatusOfTest=4"];
        var begin = TimeProvider.System.GetTimestamp();
        using (var camera = new OpenCamera(options, timeout))
        {
            Assert.That(TimeProvider.System.GetElapsedTime(begin), Is.GreaterThan(TimeSpan.FromMilliseconds(390)));
            camera.Read(lease => lease.Info.DeviceClock == FrameClock.Device, timeout);
        }

        options.PtpWait = TimeSpan.FromMinutes(10);
        options.Features = ["PtpStatusOfTest=9", "PtpServoStatusOfTest=1"];
        using (var camera = new OpenCamera(options, timeout))
        {
            camera.Read(1, lease => Assert.That(lease.Info.DeviceClock, Is.EqualTo(FrameClock.Ptp)), timeout);
        }

        options.Features = ["PtpStatusOfTest=4"];
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        impatient.CancelAfter(300);
        Assert.Throws<OperationCanceledException>(() => new OpenCamera(options, impatient.Token).Dispose());

        (options.Ptp, options.Features) = (false, []);
        using var off = new OpenCamera(options, timeout);
        Assert.That(off.Source.Features.GetBoolean("PtpEnable"), Is.False);
        off.Read(1, lease => Assert.That(lease.Info.DeviceClock, Is.EqualTo(FrameClock.Device)), timeout);
    }

    [Test, CancelAfter(60_000)]
    public void A_camera_that_tells_of_no_servo_follows_as_soon_as_it_is_a_slave(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        var options = farm.Options(0);
        (options.Ptp, options.PtpCheckEvery) = (true, TimeSpan.FromMilliseconds(100));
        using var camera = new OpenCamera(options, timeout);
        foreach (var (status, clock) in new[] { (GvPtpStatus.Slave, FrameClock.Ptp), (GvPtpStatus.PreMaster, FrameClock.Device), (GvPtpStatus.Master, FrameClock.Ptp), (GvPtpStatus.Faulty, FrameClock.Device) })
        {
            farm.Cameras[0].SetPtpStatus(status);
            camera.Read(lease => lease.Info.DeviceClock == clock, timeout);
        }
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_a_camera_has_no_such_clock(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var options = Options(farm);
        options.Ptp = true;
        Assert.That(Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message, Does.Contain("its clock cannot follow the network's: it has none of PtpEnable, GevIEEE1588"));
    }

    private static AravisFrameSourceOptions Options(SimulatorFarm farm) => new()
    {
        Name = "camera",
        Address = farm.Cameras[0].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 64,
        Height = 64,
        FrameRate = 50,
    };
}
