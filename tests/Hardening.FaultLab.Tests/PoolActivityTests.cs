using Hardening.FaultLab.Application;

namespace Hardening.FaultLab.Tests;

public sealed class PoolActivityTests
{
    [Test]
    public void Items_that_waited_together_are_one_gap_as_long_as_the_longest_wait() =>
        Assert.That(PoolActivity.Join([(100, 2500), (120, 2500), (400, 2510), (3000, 3200)]).Select(gap => (gap.Start, gap.End)), Is.EqualTo(new[] { (100L, 2500L), (3000L, 3200L) }));

    [Test]
    public void A_queue_that_is_always_a_little_late_is_no_long_gap() =>
        Assert.That(PoolActivity.Join(Enumerable.Range(0, 100).Select(i => (i * 20L, i * 20L + 150))).Single().Length, Is.EqualTo(150));
}
