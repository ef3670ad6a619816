namespace Hardening.Runtime.Aravis.Tests;

/// <summary>Five cameras and a pipeline that opens them again: loss, power failure, standstill, fights for control.</summary>
public sealed class AravisFarmTests
{
    private const int Cameras = 5;
    private const int Few = 12; // fewer than there are power failures after the first round: a leak is one for each

    [Test, CancelAfter(90_000)]
    public async Task A_camera_that_lost_its_power_comes_back_by_itself_and_the_others_notice_nothing(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(Cameras);
        await using var pipeline = Build(farm.Cameras.Select(camera => camera.Address), TimeSpan.FromSeconds(10)); // on a busy machine others are silent for a while too
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras.All(camera => camera.Processed >= 20), "every camera has delivered 20 frames", timeout);
        farm.Cameras[2].Kill();
        await Eventually.HoldsAsync(() => Camera(pipeline, 2).State == CameraState.Reconnecting, "the dead camera is noticed", timeout);
        var processed = Camera(pipeline, 2).Processed;
        farm.Restart(2);
        var begin = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync(() => Camera(pipeline, 2) is { State: CameraState.Streaming } camera && camera.Processed >= processed + 20, "frames flow again", timeout);
        var back = TimeProvider.System.GetElapsedTime(begin);
        await pipeline.StopAsync(timeout);

        var statistics = pipeline.GetStatistics();
        var dead = statistics.Cameras[2];
        TestContext.Out.WriteLine($"20 frames {back.TotalMilliseconds:0} ms after the camera was up again; silent for {dead.SilentTime.TotalMilliseconds:0} ms, {dead.MissedInSilence} frames missed, {dead.Reconnects} reconnects");
        AssertSettled(pipeline);
        Assert.That((dead.Outages, dead.Reconnects), Is.EqualTo((1L, 1L)));
        Assert.That(statistics.Cameras.Where(camera => camera != dead).Select(camera => camera.Reconnects), Is.All.Zero);
    }

    [Test, CancelAfter(90_000)]
    public async Task A_camera_that_stood_still_goes_on_and_one_that_stands_still_for_long_is_opened_again(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(2);
        await using var patient = Build([farm.Cameras[0].Address], TimeSpan.FromSeconds(30));
        await using var hasty = Build([farm.Cameras[1].Address], TimeSpan.FromSeconds(1));
        await patient.StartAsync(timeout);
        await hasty.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Camera(patient, 0).Processed >= 5 && Camera(hasty, 0).Processed >= 5, "both deliver", timeout);
        farm.Cameras[0].Freeze();
        farm.Cameras[1].Freeze();
        await Eventually.HoldsAsync(() => Camera(hasty, 0).State == CameraState.Reconnecting, "the silent camera is opened again", timeout);
        farm.Cameras[0].Thaw();
        var (one, other) = (Camera(patient, 0).Processed, Camera(hasty, 0).Processed);
        await Eventually.HoldsAsync(() => Camera(patient, 0).Processed >= one + 20, "the patient one goes on", timeout);
        farm.Cameras[1].Thaw();
        await Eventually.HoldsAsync(() => Camera(hasty, 0) is { State: CameraState.Streaming } camera && camera.Processed >= other + 20, "the hasty one is back", timeout);
        await patient.StopAsync(timeout);
        await hasty.StopAsync(timeout);
        AssertSettled(patient);
        AssertSettled(hasty);
        Assert.That(Camera(patient, 0).Reconnects, Is.Zero);
        Assert.That(Camera(hasty, 0).Reconnects, Is.GreaterThan(0));
    }

    [Test, CancelAfter(90_000)]
    public async Task Lost_packets_are_counted_camera_by_camera(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(Cameras, lostPacketsPerThousand: 20);
        await using var pipeline = Build(farm.Cameras.Select(camera => camera.Address), TimeSpan.FromSeconds(5));
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras.All(camera => camera is { Processed: >= 10, ReceivedIncomplete: >= 10 }), "whole frames and damaged ones", timeout);
        await pipeline.StopAsync(timeout);
        AssertSettled(pipeline);
        Assert.That(pipeline.GetStatistics().Cameras.Select(camera => camera.Drops.Where(drop => drop.Reason == FrameDropReason.Incomplete).Sum(drop => drop.Count)), Is.All.GreaterThanOrEqualTo(10));
    }

    [Test, CancelAfter(90_000)]
    public async Task A_camera_that_is_not_there_at_the_start_is_taken_in_when_it_comes(CancellationToken timeout)
    {
        using var farm = GvFarm.Start(2);
        farm.Cameras[1].PowerOff();
        await using var pipeline = Build(farm.Cameras.Select(camera => camera.Address), TimeSpan.FromSeconds(5));
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Camera(pipeline, 0).Processed >= 10, "the one that is there delivers", timeout);
        Assert.That(Camera(pipeline, 1).Received, Is.Zero);
        farm.Cameras[1].PowerOn();
        await Eventually.HoldsAsync(() => Camera(pipeline, 1).Processed >= 10, "the other one too", timeout);
        await pipeline.StopAsync(timeout);
        AssertSettled(pipeline);
    }

    [Test, CancelAfter(90_000)]
    public async Task Whoever_waits_for_a_camera_takes_it_when_the_other_one_ends(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        await using var first = Build([farm.Cameras[0].Address], TimeSpan.FromSeconds(5));
        await using var second = Build([farm.Cameras[0].Address], TimeSpan.FromSeconds(5));
        await first.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Camera(first, 0).Processed >= 5, "the first has it", timeout);
        await second.StartAsync(timeout);
        var denied = farm.Cameras[0].DeniedWrites;
        await Eventually.HoldsAsync(() => farm.Cameras[0].DeniedWrites > denied, "the second is refused again and again", timeout);
        Assert.That(Camera(second, 0).Received, Is.Zero);
        await first.StopAsync(timeout);
        await Eventually.HoldsAsync(() => Camera(second, 0).Processed >= 5, "the second has taken over", timeout);
        await second.StopAsync(timeout);
        AssertSettled(first);
        AssertSettled(second);
    }

    [Test, CancelAfter(60_000)]
    public void Whoever_loses_control_to_another_one_says_so(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        using var first = new OpenCamera(farm.Options(0), timeout);
        first.Read(3, _ => { }, timeout);
        farm.Cameras[0].RevokeControl();
        var begin = TimeProvider.System.GetTimestamp();
        var thrown = Assert.Throws<FrameSourceException>(() => first.Read(_ => false, timeout))!;
        TestContext.Out.WriteLine($"told after {TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds:0} ms");
        Assert.That(thrown.Message, Does.Contain("another application has taken it over"));
        using (var second = new OpenCamera(farm.Options(0), timeout))
        {
            Assert.That(Assert.Throws<FrameSourceException>(() => first.Reopen(timeout))!.Message, Does.Contain("it is in use"));
            second.Read(3, _ => { }, timeout);
        }

        first.Reopen(timeout);
        first.Read(3, _ => { }, timeout);
    }

    [Test, CancelAfter(120_000)]
    public async Task Twenty_power_failures_in_a_row_leave_nothing_behind(CancellationToken timeout)
    {
        using var farm = GvFarm.Start(Cameras);
        await using var pipeline = Build(farm.Cameras.Select(camera => camera.Address), TimeSpan.FromSeconds(1));
        await pipeline.StartAsync(timeout);
        var (fds, threads) = (0, 0);
        var longest = TimeSpan.Zero;
        for (var round = 0; round < 5; round++)
        {
            await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras.All(camera => camera.State == CameraState.Streaming && camera.Processed > 0), "all stream", timeout);
            var before = pipeline.GetStatistics().Cameras;
            if (round == 1)
            {
                (fds, threads) = (Entries("fd"), Entries("task")); // after one round, everything has been used
            }

            var begin = TimeProvider.System.GetTimestamp();
            foreach (var camera in farm.Cameras.Where((_, index) => index != round)) // one is spared each time
            {
                camera.PowerOff();
                camera.PowerOn();
            }

            await Eventually.HoldsAsync(
                () => pipeline.GetStatistics().Cameras.Zip(before).All(pair => pair.First.Processed >= pair.Second.Processed + 10
                    && (pair.First.Reconnects > pair.Second.Reconnects || pair.First.Camera == $"camera-{round}")),
                "every camera is back", timeout);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, TimeProvider.System.GetElapsedTime(begin).Ticks));
        }

        var after = (Entries("fd"), Entries("task"));
        await pipeline.StopAsync(timeout);
        TestContext.Out.WriteLine($"fds and threads before {(fds, threads)}, after {after}; all back with 10 frames after {longest.TotalMilliseconds:0} ms at most");
        AssertSettled(pipeline);
        Assert.That(pipeline.GetStatistics().Cameras.Sum(camera => camera.Reconnects), Is.GreaterThanOrEqualTo(20));
        Assert.That(after.Item1, Is.LessThan(fds + Few), "descriptors"); // other threads of the run may open a few
        Assert.That(after.Item2, Is.LessThan(threads + Few), "threads");

        static int Entries(string what) => Directory.GetFileSystemEntries($"/proc/self/{what}").Length;
    }

    private static FramePipeline Build(IEnumerable<System.Net.IPAddress> cameras, TimeSpan silentAfter)
    {
        var builder = new FramePipelineBuilder("farm")
        {
            Options = new FramePipelineOptions
            {
                StopTimeout = TimeSpan.FromSeconds(20), // a busy machine is no reason
                SilentAfter = silentAfter,
                FrameBytes = 320 * 240,
                Reconnect = new FrameReconnectOptions { FirstDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(500), StartWithout = true },
            },
        };
        foreach (var (index, address) in cameras.Index())
        {
            builder.FromAravis(new AravisFrameSourceOptions
            {
                Name = $"camera-{index}", Address = address.ToString(), PixelFormat = PixelFormat.Mono8, Width = 320, Height = 240, FrameRate = 25, PacketSize = 1400,
            });
        }

        return builder.Stage("check", (in _, _) => { }).Build();
    }

    private static CameraStatistics Camera(FramePipeline pipeline, int index) => pipeline.GetStatistics().Cameras[index];

    private static void AssertSettled(FramePipeline pipeline)
    {
        var statistics = pipeline.GetStatistics();
        Assert.That((statistics.HeldBuffers, statistics.AbandonedThreads), Is.EqualTo((0, 0)));
        foreach (var camera in statistics.Cameras)
        {
            Assert.That((camera.InFlight, camera.Received), Is.EqualTo((0L, camera.Processed + camera.Dropped)), camera.Camera);
        }
    }
}
