using System.Text;
using Hardening.Camera;
using Hardening.Pool;
using Hardening.Pool.Frames;
using Hardening.Pool.Protocol;
using Hardening.Pool.Workers;
using Hardening.TestWorker.Pool;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Frames in shared memory as .NET workers see them.</summary>
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class WorkerFrameTests
{
    private FramePool _frames = null!;
    private FramePool _results = null!;
    private SharedRegion _input = null!;
    private SharedRegion _output = null!;

    [SetUp]
    public void Share()
    {
        (_frames, _results) = (new FramePool(2, 4096), new FramePool(2, 4096));
        (_input, _output) = (SharedFrames.Share(_frames, writable: false), SharedFrames.Share(_results, writable: true));
    }

    [TearDown]
    public void Dispose()
    {
        _input.File.Dispose();
        _output.File.Dispose();
        _frames.Dispose();
        _results.Dispose();
    }

    [Test]
    public void A_worker_reads_the_pixels_where_they_are(CancellationToken timeout)
    {
        using var worker = Start<ScriptedHandler>();
        using FrameLease one = TestFrames.Publish(_frames, sequence: 1), three = TestFrames.Publish(_frames, sequence: 3);

        worker.Begin("sum", 0, SharedFrames.Refer(one, 0), SharedFrames.Refer(three, 0));

        Assert.That(worker.Receive(), Is.EqualTo((MessageKind.Result, "64 192")));
    }

    [Test]
    public void A_result_carries_a_frame_back(CancellationToken timeout)
    {
        using var worker = Start<EchoHandler>();
        using var frame = TestFrames.Publish(_frames, sequence: 5);
        Assert.That(_results.TryRent("test", out var buffer));

        worker.Begin("text", 0, SharedFrames.Refer(frame, 0), SharedFrames.ReferOutput(buffer));
        Assert.That(worker.Receive(out var returned), Is.EqualTo((MessageKind.Result, "text")));
        using var result = SharedFrames.Publish(buffer, returned.Single(), frame.Info);

        Assert.That(result.Info, Is.EqualTo(frame.Info));
        Assert.That(result.Pixels.ToArray(), Is.EqualTo(frame.Pixels.ToArray()));
    }

    [Test]
    public void A_frame_in_memory_that_is_not_there_fails_the_job_alone(CancellationToken timeout)
    {
        using var worker = Start<ScriptedHandler>();
        using var frame = TestFrames.Publish(_frames);

        worker.Begin("sum", 0, SharedFrames.Refer(frame, 0) with { Region = 999_999 });
        Assert.That(worker.Receive().Kind, Is.EqualTo(MessageKind.Error));
        worker.Begin("sum", 0, SharedFrames.Refer(frame, 0) with { Offset = 1 << 20 });
        Assert.That(worker.Receive().Kind, Is.EqualTo(MessageKind.Error));
        Assert.That(worker.Run("echo on").Text, Is.EqualTo("on"));
    }

    private StartedWorker Start<THandler>()
        where THandler : IJobHandler, new()
    {
        var worker = StartedWorker.Start(WorkerCommand.ThisApplication<THandler>(), StartedWorker.Setup() with { Regions = [_input, _output] });
        Map(worker, _input, 4);
        Map(worker, _output, 5);
        return worker;
    }

    private static void Map(StartedWorker worker, SharedRegion region, int descriptor) => worker.Send(MessageKind.Map, 0, Encoding.UTF8.GetBytes(
        $$"""{"region":{{region.Id}},"bytes":{{region.Bytes}},"writable":{{(region.IsWritable ? "true" : "false")}},"descriptor":{{descriptor}}}"""));
}
