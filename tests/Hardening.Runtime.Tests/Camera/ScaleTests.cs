using System.Globalization;
using System.Text.RegularExpressions;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

/// <summary>64 cameras: what they cost grows with their number, and with nothing else.</summary>
[CancelAfter(120_000)]
public sealed partial class ScaleTests
{
    private const int Workers = 4;

    [Test]
    public async Task Every_frame_of_64_cameras_is_accounted_for_and_they_stop_in_time(CancellationToken timeout)
    {
        const int Cameras = 64;
        await using var line = new WatchedLine();
        AddCameras(line, Cameras, camera => new SyntheticFrameSourceOptions { Width = 64, Height = 64, FrameRate = 30, Phase = camera / (double)Cameras, Seed = camera, Faults = new SyntheticFaults { Loss = 0.01, Corruption = 0.01 } });
        AddWork(line, LanePolicy.DropOldest(4), _ => { });
        await line.StartAsync(timeout);
        Assert.That(line.Threads(), Has.Count.EqualTo(Cameras + Workers));
        await line.UntilAsync(() => line.Statistics.Cameras.All(camera => camera.Processed >= 30), "each camera has had 30 frames processed", timeout);
        var stopping = TimeProvider.System.GetTimestamp();
        await line.Pipeline.StopAsync(timeout);
        var took = TimeProvider.System.GetElapsedTime(stopping);
        TestContext.Out.WriteLine($"stopped in {took.TotalMilliseconds:N0} ms; {line.Statistics.Latency}");
        Assert.That(line.Statistics.AbandonedThreads, Is.Zero, "each thread has ended within the time that it has");
        await line.EndedAsync(timeout); // the books of each camera add up
        Assert.That(line.Statistics.Cameras.SelectMany(camera => camera.Drops).Select(drop => drop.Reason).Distinct(), Is.SubsetOf(new[] { FrameDropReason.Incomplete, FrameDropReason.LaneFull }), "what is dropped is dropped for what happened");
    }

    [Test]
    public async Task Threads_buffers_and_memory_grow_with_the_number_of_cameras(CancellationToken timeout)
    {
        _ = await MeasureAsync(2, timeout); // what is made once for all pipelines is made
        var few = await MeasureAsync(16, timeout);
        var more = await MeasureAsync(32, timeout);
        var most = await MeasureAsync(64, timeout);
        TestContext.Out.WriteLine($"16: {few}; 32: {more}; 64: {most}");
        Assert.That(new[] { few.Threads, more.Threads, most.Threads }, Is.EqualTo(new[] { 16 + Workers, 32 + Workers, 64 + Workers }));
        Assert.That(most.Buffers - more.Buffers, Is.EqualTo(2 * (more.Buffers - few.Buffers)), "as many for each further camera as for each before");
        Assert.That((most.ManagedBytes - few.ManagedBytes) / 48.0, Is.LessThan(64 << 10), "managed bytes for each further camera, whatever else the process does meanwhile");
    }

    [Test]
    public async Task Nothing_is_allocated_for_a_frame_of_64_cameras(CancellationToken timeout)
    {
        const int Cameras = 64;
        const int FramesPerCamera = 300;
        using var threads = new ThreadAllocations(warmUp: 50);
        await using var line = new WatchedLine();
        AddCameras(line, Cameras, camera => new SyntheticFrameSourceOptions { Width = 64, Height = 64, FrameRate = null, Frames = FramesPerCamera, Seed = camera });
        AddWork(line, LanePolicy.Block(4, TimeSpan.FromSeconds(60)), _ => threads.Look());
        await line.StartAsync(timeout);
        await line.Pipeline.Completion.WaitAsync(timeout);
        Assert.That(line.Statistics.Cameras.Sum(camera => camera.Processed), Is.EqualTo(Cameras * FramesPerCamera));
        TestContext.Out.WriteLine($"{threads.Bytes} bytes for {Cameras * FramesPerCamera} frames on {threads.Measured} threads");
        Assert.That(threads.Measured, Is.GreaterThanOrEqualTo(1));
        Assert.That(threads.Bytes, Is.LessThan(24 * Cameras * FramesPerCamera / 100), "not even the smallest object in a hundred frames");
        await line.EndedAsync(timeout);
    }

    private static async Task<Cost> MeasureAsync(int cameras, CancellationToken timeout)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var line = new WatchedLine();
        for (var camera = 0; camera < cameras; camera++)
        {
            line.AddCamera(string.Create(CultureInfo.InvariantCulture, $"c{camera}")); // has next to no memory of its own
        }

        AddWork(line, LanePolicy.DropOldest(4), _ => { });
        await line.StartAsync(timeout);
        await line.UntilAsync(() => line.Threads().Count == cameras + Workers, "all threads run", timeout);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        var buffers = int.Parse(Buffers().Match(line.Log.Records.Single(record => record.EventId == 4000).Message).Groups[1].Value, CultureInfo.InvariantCulture);
        var cost = new Cost(line.Threads().Count, buffers, bytes);
        await line.EndAsync(timeout);
        return cost;
    }

    private static void AddCameras(WatchedLine line, int count, Func<int, SyntheticFrameSourceOptions> options)
    {
        for (var camera = 0; camera < count; camera++)
        {
            var one = options(camera);
            one.Name = line.Name(string.Create(CultureInfo.InvariantCulture, $"c{camera}"));
            line.Builder.FromSynthetic(one);
        }
    }

    private static void AddWork(WatchedLine line, LanePolicy lane, Action<long> look) =>
        line.Builder.Stage(line.Name("work"), (in frame, _) => look(frame.Info.Sequence), workers: Workers, lane: lane).To(line.Name("sink"), (in _, _) => { });

    [GeneratedRegex(@"cameras, (\d+) buffers")]
    private static partial Regex Buffers();

    private sealed record Cost(int Threads, int Buffers, long ManagedBytes);
}
