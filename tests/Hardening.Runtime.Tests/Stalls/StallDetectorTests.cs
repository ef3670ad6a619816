using Hardening.Stalls;

namespace Hardening.Runtime.Tests.Stalls;

public sealed class StallDetectorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);

    private readonly ManualTimeProvider _time = new();
    private readonly List<StallChange> _told = [];

    [SetUp]
    public void Forget() => _told.Clear();

    [Test]
    public void A_heartbeat_that_beats_is_no_stall()
    {
        var detector = new StallDetector(_time);
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        for (var i = 0; i < 50; i++)
        {
            heartbeat.Beat();
            Check(detector);
        }

        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void Silence_beyond_the_limit_is_told_once_and_its_end_with_its_length()
    {
        var detector = new StallDetector(_time);
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector, times: 5);
        Assert.That(_told, Is.Empty, "exactly the limit is not beyond it");
        Check(detector);
        Assert.That(_told, Is.EqualTo(new[] { new StallChange("work", TimeSpan.FromSeconds(1.2), HasEnded: false) }));
        Check(detector, times: 10);
        Assert.That(_told, Has.Count.EqualTo(1));
        heartbeat.Beat();
        Check(detector);
        Assert.That(_told[^1], Is.EqualTo(new StallChange("work", TimeSpan.FromSeconds(3.4), HasEnded: true)));
        Check(detector, times: 6);
        Assert.That(_told[^1].HasEnded, Is.False, "the next silence is a stall of its own");
    }

    [Test]
    public void A_late_check_is_told_and_no_heartbeat_is_blamed_for_it()
    {
        var detector = new StallDetector(_time);
        detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector);
        _time.Advance(TimeSpan.FromSeconds(17));
        Assert.That(detector.Check(Tick, _told.Add), Is.EqualTo(TimeSpan.FromSeconds(16.8)));
        Assert.That(_told, Is.Empty);
        Check(detector, times: 4);
        Assert.That(_told, Has.Count.EqualTo(1), "but what it owed before still counts");
        Assert.That(_told[0].Silence, Is.EqualTo(TimeSpan.FromSeconds(1.2)));
    }

    [Test]
    public void A_heartbeat_that_is_disposed_is_forgotten()
    {
        var detector = new StallDetector(_time);
        detector.Track("gone", TimeSpan.FromSeconds(1)).Dispose();
        Check(detector, times: 20);
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void One_that_is_tracked_late_starts_with_no_debt()
    {
        var detector = new StallDetector(_time);
        Check(detector, times: 50);
        _time.Advance(TimeSpan.FromSeconds(5));
        detector.Track("new", TimeSpan.FromSeconds(1));
        detector.Check(Tick, _told.Add);
        Assert.That(_told, Is.Empty);
        Check(detector, times: 6);
        Assert.That(_told.Single().Silence, Is.EqualTo(TimeSpan.FromSeconds(1.2)));
    }

    [Test]
    public void A_check_allocates_nothing()
    {
        var detector = new StallDetector(_time);
        for (var i = 0; i < 100; i++)
        {
            detector.Track("work", TimeSpan.FromHours(1));
        }

        Action<StallChange> tell = _told.Add;
        detector.Check(Tick, tell);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            detector.Check(Tick, tell);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private void Check(StallDetector detector, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(Tick);
            Assert.That(detector.Check(Tick, _told.Add), Is.EqualTo(TimeSpan.Zero));
        }
    }
}
