using System.Diagnostics.Metrics;
using Hardening.Camera;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Runtime.Tests.Camera.Callbacks;

[TestFixture(Handover.Copied)]
[TestFixture(Handover.FilledInPlace)]
[TestFixture(Handover.Announced)]
[Platform("Linux")]
public sealed class CallbackFrameSourceContractTests(Handover handover) : FrameSourceContract, IDisposable
{
    private readonly CallbackLibrary _library = new();

    [OneTimeSetUp]
    public Task Compile() => _library.CompileAsync();

    public void Dispose() => _library.Dispose();

    protected override IFrameSource Create() => new CCallbackCamera(_library, new CallbackFrameSourceOptions { Name = "vendor" }, handover, hz: 200);
}

/// <summary>A library in C whose threads call back as fast as they can.</summary>
[Platform("Linux")]
public sealed class CallbackCameraTests : IDisposable
{
    private static readonly Meter Meter = new("test");

    private readonly CallbackLibrary _library = new();

    [OneTimeSetUp]
    public Task Compile() => _library.CompileAsync();

    public void Dispose() => _library.Dispose();

    [Test, CancelAfter(120_000)]
    public async Task At_a_thousand_frames_a_second_each_is_processed_dropped_or_lost_and_shows_what_was_sent(
        [Values] Handover handover, [Values] CallbackOverflow overflow, CancellationToken timeout)
    {
        var source = new CCallbackCamera(_library, new CallbackFrameSourceOptions { Name = "vendor", Overflow = overflow }, handover);
        var wrong = 0;
        var last = 0L;
        await using var pipeline = new FramePipelineBuilder("callback") { Options = new FramePipelineOptions { SilentAfter = TimeSpan.FromMinutes(1) } }.From(source)
            .Stage("check", (in frame, _) =>
            {
                wrong += frame.Pixels.ContainsAnyExcept((byte)frame.Info.Sequence) ? 1 : 0;
                Volatile.Write(ref last, frame.Info.Sequence);
            })
            .Build();
        await pipeline.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Volatile.Read(ref last) > 1000, "the library has sent a thousand frames", timeout);
        await pipeline.StopAsync(timeout);
        var (statistics, calls) = (pipeline.GetStatistics(), source.GetStatistics());
        var camera = statistics.Cameras.Single();
        TestContext.Out.WriteLine($"made {source.Made}; {calls}; received {camera.Received}, processed {camera.Processed}, dropped {camera.Dropped}, lost {camera.Lost}");
        Assert.That(wrong, Is.Zero, "frames with another's bytes");
        Assert.That((camera.InFlight, camera.Processed + camera.Dropped), Is.EqualTo((0, camera.Received)));
        Assert.That(source.Made, Is.InRange(calls.Frames, calls.Frames + calls.Refused), "every frame of the library is in the books");
        Assert.That(source.Made, handover == Handover.Copied ? Is.EqualTo(calls.Frames + calls.Refused) : Is.Positive);
        Assert.That(calls.Delivered + calls.QueueFull + calls.NoBuffer + calls.Discarded, Is.EqualTo(calls.Frames));
        Assert.That((calls.Invalid, calls.AbandonedBuffers, calls.HungCalls, statistics.HeldBuffers), Is.EqualTo((0, 0, 0, 0)));
    }

    [Test, CancelAfter(120_000)]
    public void Stopped_under_fire_it_loses_no_buffer_and_no_count([Values] Handover handover, CancellationToken timeout)
    {
        using var source = new CCallbackCamera(_library, new CallbackFrameSourceOptions { Name = "vendor", QueueFrames = 2, FillBuffers = 3 }, handover, threads: 4, hz: 0);
        using var pool = new FramePool(source.DriverBuffers + 1, CCallbackCamera.Side * CCallbackCamera.Side);
        var made = 0L;
        for (var round = 0; round < 10; round++)
        {
            source.Open(new FrameSourceContext(TimeProvider.System, NullLogger.Instance, Meter), timeout);
            source.Start(pool);
            for (var frames = 0; frames < 20;)
            {
                var read = source.Read(TimeSpan.FromSeconds(1), timeout);
                if (read.Status == FrameReadStatus.Frame)
                {
                    Assert.That(read.Lease.Pixels.ContainsAnyExcept((byte)read.Info.Sequence), Is.False);
                    frames++;
                }

                read.Lease.Dispose();
            }

            source.Stop();
            made += source.Made;
            Assert.That(pool.Rented, Is.Zero, pool.DescribeHolders());
        }

        var calls = source.GetStatistics();
        Assert.That(calls.Frames + calls.Refused, Is.GreaterThanOrEqualTo(made), "announcing after the stop is refused too");
        Assert.That(calls.Delivered + calls.QueueFull + calls.NoBuffer + calls.Discarded, Is.EqualTo(calls.Frames));
        Assert.That((calls.Invalid, calls.AbandonedBuffers, calls.HungCalls), Is.EqualTo((0, 0, 0)));
    }

    [Test, CancelAfter(120_000)]
    public async Task Callbacks_after_the_stop_are_refused_and_counted(CancellationToken timeout)
    {
        using var source = new CCallbackCamera(_library, new CallbackFrameSourceOptions { Name = "vendor" }, Handover.Copied, threads: 2, hz: 1000, stopWaits: false);
        using var pool = new FramePool(source.DriverBuffers + 1, CCallbackCamera.Side * CCallbackCamera.Side);
        source.Open(new FrameSourceContext(TimeProvider.System, NullLogger.Instance, Meter), timeout);
        source.Start(pool);
        source.Read(TimeSpan.FromSeconds(10), timeout).Lease.Dispose();
        source.Stop();
        var frames = source.GetStatistics().Frames;
        await Eventually.HoldsAsync(() => source.GetStatistics().Refused > 50, "callbacks come after the stop", timeout);
        source.End();
        Assert.That((source.GetStatistics().Frames, pool.Rented), Is.EqualTo((frames, 0)));
    }
}
