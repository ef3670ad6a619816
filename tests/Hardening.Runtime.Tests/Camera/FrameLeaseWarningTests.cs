using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FrameLeaseWarningTests
{
    private readonly ManualTimeProvider _time = new();

    [TestCase(false), TestCase(true), CancelAfter(60_000)]
    public async Task A_lease_that_is_held_for_too_long_is_named_once_a_minute(bool tracked, CancellationToken timeout)
    {
        using var log = new LogRecorder();
        using var leaking = new LeakingSink();
        using var board = new LatestFrameSink();
        var source = new ScriptedFrameSource { IsTriggered = true };
        var pipeline = new FramePipelineBuilder("test") { Options = new FramePipelineOptions { ReadTimeout = TimeSpan.FromMilliseconds(5), LeaseWarningAge = TimeSpan.FromSeconds(10), TrackLeases = tracked } }
            .From(source).WithSinkLane(LanePolicy.DropOldest(8)).To(leaking).To(board).Build(_time, log);
        await pipeline.StartAsync(timeout);
        source.Send(2);
        await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[0].Processed == 2, "they are through", timeout);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(Warnings(), Is.Empty);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Warnings(), Is.EqualTo(new[] { Warnings()[0] }));
        Assert.That(Warnings()[0], Does.Contain("2 leases of 'leaky'").And.Contain(tracked ? nameof(LeakingSink) : "TrackLeases"), "the board keeps what it said it would");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(Warnings(), Has.Length.EqualTo(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(Warnings(), Has.Length.EqualTo(2));
        await pipeline.StopAsync(timeout);
        Assert.That(log.Records.Single(r => r.EventId == 4008).Message, Does.Contain("leaky: 2"));
        leaking.Release();
        Assert.That(pipeline.GetStatistics().HeldBuffers, Is.Zero);

        string[] Warnings() => [.. log.Records.Where(r => r.EventId == 4007).Select(r => r.Message)];
    }

    private sealed class LeakingSink : IFrameSink, IDisposable
    {
        private readonly List<FrameLease> _leases = [];

        public string Name => "leaky";

        public void Consume(in Frame frame, CancellationToken stop) => _leases.Add(frame.Lease("leaky"));

        public void Release()
        {
            _leases.ForEach(lease => lease.Dispose());
            _leases.Clear();
        }

        public void Dispose()
        {
        }
    }
}
