using Hardening.Interop;
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
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
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
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector, times: 5);
        Assert.That(_told, Is.Empty, "exactly the limit is not beyond it");
        Check(detector);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("work", TimeSpan.FromSeconds(1.2), false) }));
        Check(detector, times: 10);
        Assert.That(_told, Has.Count.EqualTo(1));
        heartbeat.Beat();
        Check(detector);
        Assert.That(Short(_told[^1]), Is.EqualTo(("work", TimeSpan.FromSeconds(3.2), true)));
        Check(detector, times: 6);
        Assert.That(_told[^1].HasEnded, Is.False, "the next silence is a stall of its own");
    }

    [Test]
    public void A_late_check_is_told_and_no_heartbeat_is_blamed_for_it()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector);
        _time.Advance(TimeSpan.FromSeconds(17));
        Assert.That(detector.Check(Tick, TimeSpan.MaxValue, _told.Add), Is.EqualTo(TimeSpan.FromSeconds(16.8)));
        Assert.That(_told, Is.Empty);
        Check(detector, times: 4);
        Assert.That(_told, Has.Count.EqualTo(1), "but what it owed before still counts");
        Assert.That(_told[0].Silence, Is.EqualTo(TimeSpan.FromSeconds(1.2)));
    }

    [Test]
    public void A_heartbeat_that_is_disposed_is_forgotten()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("gone", TimeSpan.FromSeconds(1)).Dispose();
        Check(detector, times: 20);
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void Where_the_check_alone_was_late_nothing_is_forgiven()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("work", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(detector.Check(Tick, TimeSpan.FromSeconds(0.5), _told.Add), Is.EqualTo(TimeSpan.FromSeconds(1.8)));
        Assert.That(detector.ProcessWasStill, Is.False);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("work", TimeSpan.FromSeconds(2), false) }), "others ran, and it did not move");
    }

    [Test]
    public void A_heartbeat_that_is_disposed_while_it_is_silent_is_silent_no_more()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("gone", TimeSpan.FromSeconds(1));
        Check(detector, times: 6);
        heartbeat.Dispose();
        Check(detector, times: 20);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("gone", TimeSpan.FromSeconds(1.2), false), ("gone", TimeSpan.FromSeconds(1.4), true) }));
    }

    [Test]
    public void One_that_is_tracked_late_starts_with_no_debt()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        Check(detector, times: 50);
        _time.Advance(TimeSpan.FromSeconds(5));
        detector.Track("new", TimeSpan.FromSeconds(1));
        detector.Check(Tick, TimeSpan.MaxValue, _told.Add);
        Assert.That(_told, Is.Empty);
        Check(detector, times: 6);
        Assert.That(_told.Single().Silence, Is.EqualTo(TimeSpan.FromSeconds(1.2)));
    }

    [Test]
    public void A_check_allocates_nothing()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        for (var i = 0; i < 100; i++)
        {
            detector.Track("work", TimeSpan.FromHours(1));
        }

        Action<StallChange> tell = _told.Add;
        detector.Check(Tick, TimeSpan.MaxValue, tell);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            detector.Check(Tick, TimeSpan.MaxValue, tell);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_check_that_is_a_little_late_forgives_nothing()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("work", TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Tick * 2);
            Assert.That(detector.Check(Tick, TimeSpan.MaxValue, _told.Add), Is.EqualTo(Tick));
        }

        Assert.That(_told.Single().Silence, Is.EqualTo(TimeSpan.FromSeconds(1.2)), "a host that is busy all the time is late all the time");
    }

    [Test]
    public void A_stall_knows_the_thread_that_beat_last_and_what_it_did()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        using (heartbeat.Enter("cycle"))
        using (heartbeat.Enter("save"))
        {
            Check(detector, times: 7);
        }

        Check(detector);
        Assert.That(_told.Select(change => change.HasEnded), Is.EqualTo(new[] { false, true }));
        Assert.That(_told[0], Has.Property("Label").EqualTo("cycle/save").And.Property("ThreadId").EqualTo(CurrentThread.Id));
        Assert.That(_told[1].Label, Is.Empty);
        var threads = new int[4];
        detector.Track("other", TimeSpan.FromSeconds(1)).Beat();
        Assert.That(threads[..detector.CopyThreads(threads)], Is.EqualTo(new[] { CurrentThread.Id }), "each thread once, and none that never beat");
    }

    [Test]
    public void A_silence_that_was_over_before_anyone_looked_is_told_with_its_exact_length()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        using (heartbeat.Enter("save"))
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            heartbeat.Beat();
        }

        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.9));
            heartbeat.Beat();
        }

        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("work", TimeSpan.FromSeconds(3), true) }));
        Assert.That(_told[0], Has.Property("IsWhole").True.And.Property("Label").EqualTo("save").And.Property("ThreadId").EqualTo(CurrentThread.Id));
        Assert.That(_time.GetElapsedTime(_told[0].Start, _told[0].Now), Is.EqualTo(TimeSpan.FromSeconds(3)));
        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told, Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public void A_silence_that_another_thread_ended_is_not_put_down_to_the_one_that_beat_before()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        heartbeat.Beat();
        _time.Advance(TimeSpan.FromSeconds(3));
        var other = new Thread(heartbeat.Beat);
        other.Start();
        Assert.That(other.Join(TimeSpan.FromSeconds(40)));
        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told.Single(), Has.Property("Silence").EqualTo(TimeSpan.FromSeconds(3)).And.Property("ThreadId").Zero);
    }

    [Test]
    public void What_beat_while_the_check_itself_was_held_up_is_not_charged_for_that_time()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("first", TimeSpan.FromSeconds(1));
        var second = detector.Track("second", TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(1.2));
        detector.Check(Tick, TimeSpan.Zero, change =>
        {
            _told.Add(change);
            _time.Advance(TimeSpan.FromSeconds(0.7)); // between the check's look at the clock and its look at the second heartbeat
            second.Beat();
        });
        Assert.That(_told.Select(change => change.Name), Is.EqualTo(new[] { "first" }));

        _time.Advance(TimeSpan.FromSeconds(1.6));
        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told, Has.Count.EqualTo(1), "it was silent for 1.6 s, not for 2.3");
        _time.Advance(TimeSpan.FromSeconds(0.5));
        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(Short(_told[^1]), Is.EqualTo(("second", TimeSpan.FromSeconds(2.1), false)));
    }

    [Test]
    public void A_stall_that_was_told_ends_with_the_beat_that_ended_it_and_not_with_a_later_one()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector, times: 6);
        _time.Advance(TimeSpan.FromSeconds(0.3));
        heartbeat.Beat();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        heartbeat.Beat();
        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("work", TimeSpan.FromSeconds(1.2), false), ("work", TimeSpan.FromSeconds(1.5), true) }));
    }

    [Test]
    public void A_beat_after_the_process_stood_still_blames_nobody_for_that_time()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector, times: 2);
        _time.Advance(TimeSpan.FromSeconds(17));
        heartbeat.Beat();
        detector.Check(Tick, TimeSpan.MaxValue, _told.Add);
        Assert.That(_told, Is.Empty, "of 17.4 s the process did not run for 16.8");
        Check(detector, times: 2);
        _time.Advance(TimeSpan.FromSeconds(17));
        detector.Check(Tick, TimeSpan.MaxValue, _told.Add);
        Check(detector, times: 3);
        heartbeat.Beat();
        Check(detector);
        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("work", TimeSpan.FromSeconds(1.2), false), ("work", TimeSpan.FromSeconds(1.2), true) }), "what it owed beside that counts");
    }

    [Test]
    public void Silences_are_measured_by_the_limit_that_was_theirs()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        using (heartbeat.Enter("import", TimeSpan.FromSeconds(10)))
        {
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That(_told, Is.Empty);
        _time.Advance(TimeSpan.FromSeconds(5));
        using (heartbeat.Enter("import", TimeSpan.FromSeconds(10)))
        {
            detector.Check(Tick, TimeSpan.Zero, _told.Add);
        }

        Assert.That(_told.Single(), Has.Property("Silence").EqualTo(TimeSpan.FromSeconds(5)).And.Property("Label").Empty);
    }

    [Test]
    public void Of_many_silences_between_two_checks_the_first_are_told_and_the_rest_counted()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        for (var i = 0; i < 67; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            heartbeat.Beat();
        }

        detector.Check(Tick, TimeSpan.Zero, _told.Add);
        Assert.That((_told.Count, detector.TakeLostSilences(), detector.TakeLostSilences()), Is.EqualTo((64, 3L, 0L)));
    }

    [Test]
    public void A_scope_has_a_limit_of_its_own_and_gives_back_the_one_around_it()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        using (heartbeat.Enter("import", TimeSpan.FromSeconds(10)))
        {
            Check(detector, times: 40);
            using (heartbeat.Enter("row"))
            {
                Check(detector, times: 40);
            }

            Assert.That(_told, Is.Empty, "a scope within has it too");
        }

        Check(detector, times: 7);
        Assert.That(_told, Has.Count.EqualTo(1));
    }

    [Test]
    public void Who_takes_the_promise_back_may_wait()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        heartbeat.Pause();
        heartbeat.Pause();
        Check(detector, times: 50);
        heartbeat.Resume();
        Check(detector, times: 50);
        Assert.That(_told, Is.Empty);
        heartbeat.Resume();
        Check(detector, times: 7);
        Assert.That(_told, Has.Count.EqualTo(1));
        heartbeat.Pause();
        Check(detector);
        Assert.That(_told[^1].HasEnded, "who takes it back in a stall ends it");
    }

    [Test]
    public void It_may_be_a_stall_from_three_quarters_of_the_limit_on()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        var heartbeat = detector.Track("work", TimeSpan.FromSeconds(1));
        Check(detector, times: 3);
        Assert.That(detector.Suspects(), Is.False);
        Check(detector);
        Assert.That(detector.Suspects(), "four fifths");
        heartbeat.Beat();
        Assert.That(detector.Suspects(), Is.False);
    }

    [Test]
    public void Critical_activities_are_fresh_unless_one_of_them_stands_still()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        detector.Track("less so", TimeSpan.FromSeconds(1));
        var critical = detector.Track("critical", TimeSpan.FromSeconds(2), isCritical: true);
        Check(detector, times: 10);
        Assert.That(detector.IsCriticalFresh);
        Check(detector);
        Assert.That(detector.IsCriticalFresh, Is.False);
        critical.Beat();
        Check(detector);
        Assert.That(detector.IsCriticalFresh);
    }

    [Test]
    public void The_thread_pool_stalls_when_its_work_waits_and_is_back_when_it_does_not()
    {
        var detector = new StallDetector(_time, TimeSpan.FromMilliseconds(500));
        foreach (var delay in (int[])[0, 900, 1100, 1300, 1500, 10])
        {
            Check(detector);
            detector.CheckPool(TimeSpan.FromMilliseconds(delay), TimeSpan.FromSeconds(1), _told.Add);
        }

        Assert.That(_told.Select(Short), Is.EqualTo(new[] { ("thread-pool", TimeSpan.FromSeconds(1.1), false), ("thread-pool", TimeSpan.FromSeconds(1.7), true) }));
        Assert.That(_told, Has.All.Property("Kind").EqualTo(StalledActivityKind.ThreadPool));
    }

    private static (string, TimeSpan, bool) Short(StallChange change) => (change.Name, change.Silence, change.HasEnded);

    private void Check(StallDetector detector, int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            _time.Advance(Tick);
            Assert.That(detector.Check(Tick, TimeSpan.MaxValue, _told.Add), Is.EqualTo(TimeSpan.Zero));
        }
    }
}
