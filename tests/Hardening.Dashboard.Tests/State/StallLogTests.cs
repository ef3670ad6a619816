using Hardening.Dashboard.State;
using Hardening.Stalls;

namespace Hardening.Dashboard.Tests.State;

public sealed class StallLogTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<StallState> _told = [];
    private StallLog _log = null!;

    [SetUp]
    public void Make()
    {
        _told.Clear();
        _log = new StallLog(_time);
        _log.Changed += _told.Add;
    }

    [Test]
    public void A_stall_is_there_before_its_report_which_takes_its_place()
    {
        _log.Detected(Stall("importer"));
        _log.Detected(Stall("writer"));
        Assert.That(_log.Latest().Select(stall => (stall.Id, stall.Cause, stall.HasReport, stall.IsOver)), Is.EqualTo(new[] { ("pending-2", null, false, false), ("pending-1", (string?)null, false, false) }));
        _log.Reported(TestReports.Report("r1", "importer", hasEnded: false));
        Assert.That(_log.Latest().Select(stall => (stall.Id, stall.Cause, stall.HasReport)), Is.EqualTo(new[] { ("r1", "blockedIO", true), ("pending-2", null, false) }));
        _log.Ended(Stall("writer"));
        Assert.That(_log.Latest()[1].IsOver);
        _log.Reported(TestReports.Report("r1", "importer"));
        Assert.That(_log.Latest().Select(stall => (stall.Id, stall.IsOver)), Is.EqualTo(new[] { ("r1", true), ("pending-2", true) }));
        Assert.That(_told.Select(stall => stall.Id), Is.EqualTo(new[] { "pending-1", "pending-2", "r1", "pending-2", "r1" }));
    }

    [Test]
    public void A_stall_that_goes_on_grows_and_one_that_is_over_does_not()
    {
        _log.Detected(Stall("importer"));
        _log.Reported(TestReports.Report("over", "writer"));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(_log.Latest().Select(stall => stall.Seconds), Is.EqualTo(new[] { 2.0, 31.0 }));
    }

    [Test]
    public void What_a_watchdog_that_is_disposed_told_of_last_is_over()
    {
        var watchdog = new StallWatchdog();
        watchdog.Start();
        _log.Detected(Stall("importer"), watchdog);
        Assert.That(_log.Latest()[0].IsOver, Is.False);
        watchdog.Dispose();
        Assert.That(_log.Latest()[0].IsOver);
    }

    [Test]
    public void Stalls_are_kept_up_to_a_number()
    {
        for (var i = 0; i < StallLog.Most + 50; i++)
        {
            _log.Reported(TestReports.Report($"r{i}", "importer"));
        }

        Assert.That(_log.Latest().Select(stall => stall.Id), Is.EqualTo(Enumerable.Range(50, StallLog.Most).Reverse().Select(i => $"r{i}")));
        Assert.That(_log.Find("r49"), Is.Null);
        Assert.That(_log.Find("r50")?.Id, Is.EqualTo("r50"));
    }

    [Test]
    public void Reports_are_kept_up_to_a_weight_the_newest_whatever_it_weighs()
    {
        foreach (var id in (string[])["r1", "r2", "r3"])
        {
            _log.Reported(TestReports.Report(id, "importer", frames: 90_000));
        }

        Assert.That(_log.Latest().Select(stall => (stall.Id, stall.HasReport)), Is.EqualTo(new[] { ("r3", true), ("r2", true), ("r1", false) }));
        Assert.That(_log.Find("r1"), Is.Null);
        _log.Reported(TestReports.Report("r4", "importer", frames: 300_000));
        Assert.That(_log.Latest().Where(stall => stall.HasReport).Select(stall => stall.Id), Is.EqualTo(new[] { "r4" }));
        _log.Reported(TestReports.Report("r5", "importer"));
        Assert.That(_log.Latest().Where(stall => stall.HasReport).Select(stall => stall.Id), Is.EqualTo(new[] { "r5" }), "what weighs too much goes when another comes");
    }

    private StallEventArgs Stall(string heartbeat) => new(heartbeat, TimeSpan.FromSeconds(1), _time.GetUtcNow() - TimeSpan.FromSeconds(1));
}
