using Hardening.Stalls;
using Inspection.Measuring;
using Inspection.Servers;
using Inspection.Timeline;

namespace Inspection.Tests.Timeline;

public sealed class TimelineRecorderTests
{
    private Clock _clock = null!;

    [SetUp]
    public void Begin() => _clock = new Clock();

    [Test]
    public void Seconds_have_what_came_in_them()
    {
        var recorder = new TimelineRecorder(_clock);
        recorder.Begin();
        recorder.Sample(TimeSpan.FromSeconds(1), [Account(lost: 2, dropped: 1)], [Results(30)]);
        recorder.Sample(TimeSpan.FromSeconds(2), [Account(lost: 2, dropped: 4)], [Results(50)]);
        recorder.Sample(TimeSpan.FromSeconds(2.01), [Account(lost: 9, dropped: 4)], [Results(60)]); // too short for a rate: goes into the next
        recorder.Sample(TimeSpan.FromSeconds(2.5), [Account(lost: 9, dropped: 4)], [Results(65)]);
        var seconds = recorder.ToTimeline().Seconds;
        Assert.That(seconds.Select(second => (second.UntilSeconds, second.ForSeconds)), Is.EqualTo(new[] { (1.0, 1.0), (2, 1), (2.5, 0.5) }));
        Assert.That(seconds.Select(second => second.Cameras.Single()), Is.EqualTo(new[] { new CameraSecond(30, 2, 1, 0), new(20, 0, 3, 0), new(30, 7, 0, 0) }));
    }

    [Test]
    public void A_stall_is_told_by_its_last_report_and_one_that_goes_on_lasts_to_the_end()
    {
        var recorder = new TimelineRecorder(_clock);
        recorder.Begin();
        Assert.That(recorder.Note(Report("b", at: 2, lasts: 0.3, hasEnded: false)));
        Assert.That(recorder.Note(Report("a", at: 1, lasts: 0.3, hasEnded: false)));
        Assert.That(recorder.Note(Report("a", at: 1, lasts: 0.7, hasEnded: true)));
        _clock.Now += TimeSpan.FromSeconds(10);
        recorder.End();
        var stalls = recorder.ToTimeline().Stalls;
        Assert.That(stalls.Select(stall => (stall.Report, stall.AtSeconds, stall.ForSeconds, stall.HasEnded)), Is.EqualTo(new[] { ("a", 1, 0.7, true), ("b", 2, 8.0, false) }).Within(1e-6));
    }

    [Test]
    public void Silence_that_was_asked_for_is_no_stall()
    {
        var recorder = new TimelineRecorder(_clock);
        recorder.Begin();
        _clock.Now += TimeSpan.FromSeconds(10);
        recorder.End();
        Assert.That(recorder.Note(Report("late", at: 9.95, lasts: 0.3, hasEnded: false)), Is.False, "noticed at 10.05 s");
        Assert.That(recorder.Note(Report("in time", at: 9.8, lasts: 0.3, hasEnded: false)), "noticed at 9.9 s, and reported later");
        recorder.NoteSilence("camera-1", new StallEventArgs("camera-1", TimeSpan.Zero, _clock.Now), hasEnded: false);
        Assert.That(recorder.ToTimeline(), Has.Property("Stalls").Count.EqualTo(1).And.Property("Silences").Empty);
    }

    [Test]
    public void Silences_of_a_camera_have_their_time()
    {
        var recorder = new TimelineRecorder(_clock);
        recorder.Begin();
        var begin = _clock.Now;
        recorder.NoteSilence("a", new StallEventArgs("a", TimeSpan.FromSeconds(0.1), begin.AddSeconds(-0.1)), hasEnded: false);
        recorder.NoteSilence("a", new StallEventArgs("a", TimeSpan.FromSeconds(0.5), begin.AddSeconds(-0.1)), hasEnded: true);
        recorder.NoteSilence("b", new StallEventArgs("b", TimeSpan.FromSeconds(0.1), begin.AddSeconds(3)), hasEnded: false);
        _clock.Now += TimeSpan.FromSeconds(4);
        recorder.End();
        Assert.That(recorder.ToTimeline().Silences, Is.EqualTo(new[] { new CameraSilence("a", 0, 0.5), new("b", 3, 1) }));
    }

    [Test]
    public void What_is_left_out_is_counted()
    {
        var recorder = new TimelineRecorder(_clock);
        recorder.Begin();
        for (var i = 0; i < 503; i++)
        {
            recorder.Note(Report($"{i}", at: i, lasts: 0.1, hasEnded: false));
            recorder.Note(Report($"{i}", at: i, lasts: 0.2, hasEnded: true));
        }

        var timeline = recorder.ToTimeline();
        Assert.That((timeline.Stalls.Count, timeline.StallsLeftOut), Is.EqualTo((500, 3)));
    }

    private static CameraAccount Account(long lost, long dropped) => new("camera-1", "Streaming", 100, 100 - dropped, 0, lost, 0, [new DroppedFrames("inspect", "LaneFull", dropped)]);

    private static CameraResults Results(long count) => new(count, count, 0, TimeSpan.Zero, default);

    private StallReport Report(string id, double at, double lasts, bool hasEnded) => new()
    {
        Id = id,
        StartedAt = Clock.Begin.AddSeconds(at),
        Duration = TimeSpan.FromSeconds(lasts),
        DetectedAfter = TimeSpan.FromSeconds(0.1),
        HasEnded = hasEnded,
        Headline = "it stood still",
        Activities = [],
        Verdict = new StallVerdict { Cause = StallCause.LockContention, Confidence = 1, Contributions = [], Shares = new StallShares(), Evidence = [] },
        Threads = [],
        Locks = [],
        Stacks = [],
        Missing = [],
        Advice = [],
        Subject = new StallSubject { ProcessId = 1, Name = "test", Host = "test", Processors = 2, System = "test", Runtime = "test" },
    };

    private sealed class Clock : TimeProvider
    {
        public static readonly DateTimeOffset Begin = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

        public DateTimeOffset Now { get; set; } = Begin;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
