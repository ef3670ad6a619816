using Hardening.FaultLab.Application;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.Stalls;
using static Hardening.FaultLab.Tests.Judging.Runs;

namespace Hardening.FaultLab.Tests.Judging;

public sealed class JudgeTests
{
    private static readonly FaultFacts s_lock = FaultFacts.Of(StallCause.LockContention);
    private static readonly FaultFacts s_lockAndLoad = new() { Parts = [[StallCause.LockContention], [StallCause.ForeignLoad]] };

    [Test]
    public void A_cause_that_was_brought_in_is_right() =>
        Assert.That(Decide(Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.LockContention)), s_lock).Rating, Is.EqualTo(Rating.Right));

    [TestCase(StallCause.Deadlock, ExpectedResult = Rating.Wrong)]
    [TestCase(StallCause.Unknown, ExpectedResult = Rating.Unknown)]
    public object Another_cause_is_wrong_and_none_is_unknown(StallCause cause) => Decide(Of([Gap(1000, 3500)], Report(1000, 1500, cause)), s_lock).Rating;

    [Test]
    public void The_last_report_counts_and_the_first_is_kept()
    {
        var judgement = Decide(Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.Unknown), Report(1000, 3600, StallCause.LockContention) with { HasEnded = true }), s_lock);
        Assert.That((judgement.CauseAtOnce, judgement.Cause, judgement.Rating), Is.EqualTo((StallCause.Unknown, StallCause.LockContention, Rating.Right)));
    }

    [Test]
    public void A_report_of_the_activity_counts_before_one_of_the_process()
    {
        var run = Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.LockContention), Report(2000, 3600, StallCause.Unknown, [Activities.Process]) with { Id = "2" });
        Assert.That(Decide(run, s_lock).Cause, Is.EqualTo(StallCause.LockContention));
    }

    [Test]
    public void The_stall_that_shares_most_of_the_gap_is_the_one_that_counts()
    {
        var run = Of([Gap(1000, 3500)], Report(1000, 3400, StallCause.LockContention), Report(3300, 4600, StallCause.Unknown) with { Id = "2" });
        Assert.That(Decide(run, s_lock).Cause, Is.EqualTo(StallCause.LockContention));
    }

    [Test]
    public void A_stall_that_was_over_before_the_gap_and_is_told_of_in_it_does_not_count()
    {
        var before = Report(200, 1200, StallCause.Unknown);
        var run = Of([Gap(1000, 3500)], before, Report(200, 3400, StallCause.Unknown) with { HasEnded = true, Duration = TimeSpan.FromMilliseconds(600) }, Report(1100, 3600, StallCause.ProcessStopped, [Activities.Process]) with { Id = "2" });
        Assert.That(Decide(run, FaultFacts.Of(StallCause.ProcessStopped)).Rating, Is.EqualTo(Rating.Right));
    }

    [Test]
    public void A_report_of_several_is_of_all_their_gaps_whichever_of_them_it_measures()
    {
        var ended = Event(1100, 3550) with { HasEnded = true, Duration = TimeSpan.FromMilliseconds(2400), NoticedAfter = null };
        var report = Report(900, 3600, StallCause.LockContention, [Activities.FirstWorker, Activities.Camera]) with { HasEnded = true, Duration = TimeSpan.FromMilliseconds(300) };
        var judgement = Decide(Of([Gap(1100, 3500)], ended, report), s_lock);
        Assert.That((judgement.Rating, judgement.Missed.Count), Is.EqualTo((Rating.Right, 0)));
    }

    [TestCase(0.9, 0.9, ExpectedResult = Rating.Right)]
    [TestCase(0.9, 0.1, ExpectedResult = Rating.Wrong, Description = "it waited for a processor, but not because of others")]
    [TestCase(0.1, 0.9, ExpectedResult = Rating.Wrong, Description = "others were busy, but it did not want to run")]
    public object Starved_by_others_is_right_where_it_is_true(double waiting, double foreign) =>
        Decide(Of([Gap(1000, 3500, waiting: waiting)], Report(1000, 1500, StallCause.ForeignLoad)), s_lock, foreign).Rating;

    [Test]
    public void A_collection_is_right_where_it_is_true() =>
        Assert.That(Decide(Of([Gap(1000, 3500, collecting: 0.8)], Report(1000, 1500, StallCause.GarbageCollection)), s_lock).Rating, Is.EqualTo(Rating.Right));

    [Test]
    public void The_delay_is_from_the_limit_to_the_first_that_was_told() =>
        Assert.That(Decide(Of([Gap(1000, 3500)], Event(1000, 1450), Report(1000, 1700, StallCause.LockContention)), s_lock).Delay, Is.EqualTo(TimeSpan.FromMilliseconds(50)));

    [Test]
    public void A_long_gap_that_nothing_was_told_of_is_missed()
    {
        var judgement = Decide(Of([Gap(1000, 3500)]), s_lock);
        Assert.That((judgement.Rating, judgement.LongGaps, judgement.Missed.Count), Is.EqualTo((Rating.NotNamed, 1, 1)));
    }

    [Test]
    public void A_stall_of_the_process_covers_those_of_its_activities() =>
        Assert.That(Decide(Of([Gap(1000, 3500)], Report(1000, 3600, StallCause.ProcessStopped, [Activities.Process])), FaultFacts.Of(StallCause.ProcessStopped)).Missed, Is.Empty);

    [Test]
    public void A_gap_between_the_limit_and_twice_the_limit_may_go_untold()
    {
        var judgement = Decide(Of([Gap(1000, 1700)]), s_lock);
        Assert.That((judgement.Rating, judgement.LongGaps), Is.EqualTo((Rating.NoStall, 0)));
    }

    [Test]
    public void A_gap_within_the_limit_is_no_stall_whatever_was_brought_in() => Assert.That(Decide(Of([Gap(1000, 1300)]), s_lock).Rating, Is.EqualTo(Rating.NoStall));

    [Test]
    public void What_is_told_without_a_gap_beyond_the_limit_is_false()
    {
        var run = Of([Gap(1000, 1150), Gap(1000, 3000, Activities.FirstWorker)], Event(1000, 1450));
        Assert.That(Decide(run, s_lock).False, Has.Count.EqualTo(1), "another activity's gap does not count");
    }

    [Test]
    public void What_is_told_of_a_gap_just_at_the_limit_is_true() => Assert.That(Decide(Of([Gap(1000, 1398)], Event(1000, 1405)), s_lock).False, Is.Empty);

    [Test]
    public void An_event_that_comes_late_is_true_and_a_second_one_of_the_same_gap_is_false()
    {
        var gap = Gap(1000, 1500);
        Assert.Multiple(() =>
        {
            Assert.That(Decide(Of([gap], Event(1000, 2450, silence: 450)), s_lock).False, Is.Empty);
            Assert.That(Decide(Of([gap], Event(1000, 1450), Event(1000, 2450, silence: 500)), s_lock).False, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public void What_the_watchdog_saw_as_two_silences_and_the_activity_as_one_gap_is_true()
    {
        Assert.That(Decide(Of([Gap(1000, 3200)], Event(1000, 2100), Event(2100, 3200)), s_lock).False, Is.Empty);
        Assert.That(Decide(Of([Gap(1000, 2100), Gap(2100, 3200)], Event(1050, 3150)), s_lock).False, Is.Empty, "nor the other way round");
    }

    [Test]
    public void A_lock_whose_owner_was_starved_by_others_is_the_load_of_others_too()
    {
        var facts = s_lock with { Owner = "fault-owner" };
        var run = Of([Gap(1000, 3500), Gap(1000, 3500, "fault-owner", waiting: 0.7)], Report(1000, 1500, StallCause.ForeignLoad));
        Assert.That((Decide(run, facts, 0.9).Rating, Decide(run, facts, 0.2).Rating), Is.EqualTo((Rating.Right, Rating.Wrong)));
    }

    [Test]
    public void Who_was_starved_by_others_may_be_another_one_of_the_report_but_not_one_beside_it()
    {
        var gaps = new[] { Gap(1000, 3500), Gap(1500, 3000, Activities.FirstWorker, waiting: 0.8) };
        Assert.Multiple(() =>
        {
            Assert.That(Decide(Of(gaps, Report(1000, 1500, StallCause.ForeignLoad, [Activities.FirstWorker, Activities.Camera])), s_lock, 0.9).Rating, Is.EqualTo(Rating.Right));
            Assert.That(Decide(Of(gaps, Report(1000, 1500, StallCause.ForeignLoad)), s_lock, 0.9).Rating, Is.EqualTo(Rating.Wrong));
            Assert.That(Decide(Of(gaps, Report(1000, 1500, StallCause.ForeignLoad, [Activities.FirstWorker, Activities.Camera])), s_lock, 0.2).Rating, Is.EqualTo(Rating.Wrong));
        });
    }

    [Test]
    public void A_pause_is_no_collection_where_it_was_spent_on_stopping_threads()
    {
        var facts = FaultFacts.Of(StallCause.GarbageCollectionSuspension);
        Assert.That(Decide(Of([Gap(1000, 3500, collecting: 1)], Report(1000, 1500, StallCause.GarbageCollection)), facts).Rating, Is.EqualTo(Rating.Wrong));
    }

    [Test]
    public void Of_a_combination_both_must_be_named()
    {
        var gap = Gap(1000, 3500, waiting: 0.5);
        Assert.Multiple(() =>
        {
            Assert.That(Decide(Of([gap], Report(1000, 1500, StallCause.LockContention, null, StallCause.ForeignLoad)), s_lockAndLoad, 0.9).Rating, Is.EqualTo(Rating.Right));
            Assert.That(Decide(Of([gap], Report(1000, 1500, StallCause.LockContention)), s_lockAndLoad, 0.9).Rating, Is.EqualTo(Rating.Partial));
            Assert.That(Decide(Of([gap], Report(1000, 1500, StallCause.Deadlock, null, StallCause.LockContention, StallCause.ForeignLoad)), s_lockAndLoad).Rating, Is.EqualTo(Rating.Wrong));
        });
    }

    [Test]
    public void Of_a_combination_load_that_was_not_felt_need_not_be_named() =>
        Assert.That(Decide(Of([Gap(1000, 3500, waiting: 0.05)], Report(1000, 1500, StallCause.LockContention)), s_lockAndLoad, 0.9).Rating, Is.EqualTo(Rating.Right));

    [Test]
    public void A_combination_of_two_activities_may_have_two_reports()
    {
        var facts = new FaultFacts { Parts = [[StallCause.BlockedActivity], [StallCause.ThreadPoolStarvation]] };
        var run = Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.BlockedActivity), Report(1100, 1700, StallCause.ThreadPoolStarvation, [Activities.Pool]));
        Assert.That(Decide(run, facts).Rating, Is.EqualTo(Rating.Right));
    }

    [TestCase("        lock (gate) // site: gate", ExpectedResult = true)]
    [TestCase("        _counter++;", ExpectedResult = false)]
    [TestCase(null, ExpectedResult = true, Description = "without the source the method is enough")]
    public bool? The_line_must_hold_the_mark(string? line)
    {
        var facts = s_lock with { Sites = [new Site("LabCamera.TakeGates", "site: gate")] };
        var report = Report(1000, 1500, StallCause.LockContention) with { HasStacks = true, Culprit = new ThreadStackFrame("X.LabCamera.TakeGates", "X", "LabCamera.cs", 7) };
        return Decide(Of([Gap(1000, 3500)], report), facts, readLine: (_, _) => line).IsLineRight;
    }

    [Test]
    public void Without_stacks_no_line_is_asked_for()
    {
        var facts = s_lock with { Sites = [new Site("LabCamera.TakeGates")] };
        Assert.That(Decide(Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.LockContention)), facts).IsLineRight, Is.Null);
    }

    [TestCase("fault-owner", ExpectedResult = true)]
    [TestCase("other", ExpectedResult = false)]
    public bool? The_owner_must_be_named(string name)
    {
        var held = new StallLock { Kind = "Monitor", Address = 1, Waiters = 3, OwnerName = name };
        return Decide(Of([Gap(1000, 3500)], Report(1000, 1500, StallCause.LockContention) with { Locks = [held] }), s_lock with { Owner = "fault-owner" }).IsOwnerRight;
    }
}
