using Hardening.FaultLab.Judging;
using Hardening.Stalls;
using static Hardening.FaultLab.Tests.Judging.Runs;

namespace Hardening.FaultLab.Tests.Judging;

public sealed class MatrixTests
{
    [Test]
    public void A_row_counts_the_runs_of_a_fault_by_what_was_named()
    {
        var matrix = new Matrix([Named("a", Rating.Right, StallCause.Deadlock), Named("b", Rating.Right, StallCause.ForeignLoad), Named("a", Rating.Wrong, StallCause.ForeignLoad)]);
        Assert.Multiple(() =>
        {
            Assert.That(matrix.Rows.Select(row => row.Fault), Is.EqualTo(new[] { "a", "b" }));
            Assert.That(matrix.Rows[0].Count(StallCause.ForeignLoad), Is.EqualTo(1));
            Assert.That(matrix.Causes, Is.EqualTo(new[] { StallCause.Deadlock, StallCause.ForeignLoad }));
        });
    }

    [Test]
    public void Runs_without_a_stall_and_runs_that_were_skipped_have_no_share()
    {
        var matrix = new Matrix([Named("a", Rating.Right, StallCause.Deadlock), new Judgement { Fault = "b", Rating = Rating.NoStall }, new Judgement { Fault = "c", Rating = Rating.Skipped }]);
        Assert.That((matrix.Named, matrix.RightShare, matrix.IsGood), Is.EqualTo((1, 1.0, true)));
    }

    [TestCase(20, 1, 0, ExpectedResult = true)]
    [TestCase(18, 0, 2, ExpectedResult = false)]
    [TestCase(18, 2, 0, ExpectedResult = false)]
    public bool It_is_good_when_19_of_20_are_right(int right, int unknown, int wrong) => new Matrix(
    [
        .. Enumerable.Repeat(Named("a", Rating.Right, StallCause.Deadlock), right),
        .. Enumerable.Repeat(Named("a", Rating.Unknown, StallCause.Unknown), unknown),
        .. Enumerable.Repeat(Named("a", Rating.Wrong, StallCause.ForeignLoad), wrong),
    ]).IsGood;

    [Test]
    public void It_is_not_good_when_a_stall_was_missed_or_told_falsely_or_a_run_broke()
    {
        var right = Named("a", Rating.Right, StallCause.Deadlock);
        Assert.Multiple(() =>
        {
            Assert.That(new Matrix([right]).IsGood);
            Assert.That(new Matrix([right with { Missed = ["camera: 2000 ms"] }]).IsGood, Is.False);
            Assert.That(new Matrix([right with { False = ["camera: 500 ms told"] }]).IsGood, Is.False);
            Assert.That(new Matrix([right, new Judgement { Fault = "b", Rating = Rating.Broken }]).IsGood, Is.False);
        });
    }

    [Test]
    public void A_row_tells_the_median_delay_and_the_longest()
    {
        var row = new Matrix([.. new[] { 10, 30, 900 }.Select(delay => Named("a", Rating.Right, StallCause.Deadlock) with { Delay = TimeSpan.FromMilliseconds(delay) })]).Rows[0];
        Assert.That((row.Delay, row.LongestDelay), Is.EqualTo((30.0, 900.0)));
    }

    private static Judgement Named(string fault, Rating rating, StallCause cause) => new() { Fault = fault, Rating = rating, Cause = cause, Gap = Gap(1000, 3500) };
}
