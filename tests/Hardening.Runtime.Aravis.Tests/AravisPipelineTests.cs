namespace Hardening.Runtime.Aravis.Tests;

/// <summary>Five cameras and the pipeline.</summary>
public sealed class AravisPipelineTests
{
    private const int Cameras = 5;

    [Test, CancelAfter(90_000)]
    public async Task Five_cameras_deliver_at_once_and_every_frame_is_accounted_for(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(Cameras);
        var wrong = 0;
        await using var pipeline = Build(farm, (in frame, _) =>
        {
            using var lease = frame.Lease("check");
            wrong += SimulatedImage.Matches(lease) ? 0 : 1;
        });
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras.All(camera => camera.Processed >= 50), "every camera has delivered 50 frames", timeout);
        await pipeline.StopAsync(timeout);

        var statistics = pipeline.GetStatistics();
        foreach (var camera in statistics.Cameras)
        {
            TestContext.Out.WriteLine($"{camera.Camera}: {camera.Received} received, {camera.ReceivedIncomplete} damaged, {camera.Processed} processed, {camera.Dropped} dropped, {camera.Lost} lost, p99 {camera.Latency.P99.TotalMilliseconds} ms");
            AssertBooks(camera);
            Assert.That((camera.State, camera.InFlight), Is.EqualTo((CameraState.Ended, 0)));
        }

        Assert.That((wrong, statistics.HeldBuffers, statistics.AbandonedThreads), Is.EqualTo((0, 0, 0)));
    }

    [Test, CancelAfter(90_000)]
    public async Task A_camera_that_dies_ends_in_a_counted_gap_of_its_own(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(Cameras);
        await using var pipeline = Build(farm, (in _, _) => { }, reopens: false);
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Statistics().All(camera => camera.Processed >= 20), "every camera has delivered 20 frames", timeout);
        farm.Cameras[2].Kill();
        await Eventually.HoldsAsync(() => Statistics()[2].State is CameraState.Silent or CameraState.Failed, "the dead camera is noticed", timeout);
        var before = Statistics();
        await Eventually.HoldsAsync(
            () => Statistics().Zip(before).Where((_, camera) => camera != 2).All(pair => pair.First.Processed >= pair.Second.Processed + 50),
            "the others go on", timeout);
        await Eventually.HoldsAsync(() => Statistics()[2].State == CameraState.Failed, "the library notices too", timeout);
        await pipeline.StopAsync(timeout);

        var statistics = pipeline.GetStatistics();
        var dead = statistics.Cameras[2];
        TestContext.Out.WriteLine($"the dead camera: {dead.Outages} outage, silent for {dead.SilentTime}, {dead.MissedInSilence} frames missed");
        Assert.That((dead.State, dead.Outages), Is.EqualTo((CameraState.Failed, 1L)));
        Assert.That(dead.MissedInSilence, Is.GreaterThan(0));
        Assert.That(dead.Failure, Is.TypeOf<FrameSourceException>());
        Assert.That(statistics.Cameras.Where(camera => camera != dead).Select(camera => camera.State), Is.All.EqualTo(CameraState.Ended));
        foreach (var camera in statistics.Cameras)
        {
            AssertBooks(camera);
        }

        Assert.That((statistics.HeldBuffers, statistics.AbandonedThreads), Is.EqualTo((0, 0)));

        IReadOnlyList<CameraStatistics> Statistics() => pipeline.GetStatistics().Cameras;
    }

    [Test, CancelAfter(90_000)]
    public async Task Stops_in_time_with_a_camera_that_has_just_frozen(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(2);
        await using var pipeline = Build(farm, (in _, _) => { });
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras.All(camera => camera.Processed >= 5), "both deliver", timeout);
        farm.Cameras[0].Freeze();
        await pipeline.StopAsync(timeout);
        var statistics = pipeline.GetStatistics();
        Assert.That((statistics.HeldBuffers, statistics.AbandonedThreads), Is.EqualTo((0, 0)));
        farm.Cameras[0].Thaw();
    }

    [Test, CancelAfter(90_000)]
    public async Task A_missing_camera_keeps_the_pipeline_from_starting(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var options = Options(farm.EmptyAddress, "missing");
        var pipeline = new FramePipelineBuilder("test").FromAravis(Options(farm.Cameras[0].Address, "there")).FromAravis(options).To("sink", (in _, _) => { }).Build();
        var thrown = await Assert.ThrowsAsync<FrameSourceException>(() => pipeline.StartAsync(timeout));
        Assert.That(thrown!.SourceName, Is.EqualTo("missing"));
        await pipeline.DisposeAsync();
        using var after = new OpenCamera(Options(farm.Cameras[0].Address, "there"), timeout);
        after.Read(1, _ => { }, timeout);
    }

    private static FramePipeline Build(SimulatorFarm farm, FrameAction stage, bool reopens = true)
    {
        var builder = new FramePipelineBuilder("test") { Options = new FramePipelineOptions { StopTimeout = TimeSpan.FromSeconds(20), Reconnect = new() { Enabled = reopens } } }; // a busy machine is no reason
        foreach (var (index, camera) in farm.Cameras.Index())
        {
            builder.FromAravis(Options(camera.Address, $"camera-{index}"));
        }

        return builder.Stage("check", stage).Build();
    }

    private static AravisFrameSourceOptions Options(System.Net.IPAddress address, string name) => new()
    {
        Name = name,
        Address = address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 320,
        Height = 240,
        FrameRate = 25,
        PacketSize = 9000,
    };

    private static void AssertBooks(CameraStatistics camera) =>
        Assert.That(camera.Received, Is.EqualTo(camera.Processed + camera.Dropped + camera.InFlight), camera.Camera);
}
