using Hardening.FaultLab.Truth;

namespace Hardening.FaultLab.Tests.Judging;

public sealed class HostRecordTests
{
    private const long Second = 1_000_000_000;

    [Test]
    public void What_is_busy_and_not_ours_is_foreign()
    {
        var host = new HostRecord(2, [new HostMoment(0, 1000, 50), new HostMoment(2 * Second, 1400, 150)]);
        Assert.That(host.ForeignShare(0, 2 * Second), Is.EqualTo(0.75).Within(1e-9));
    }

    [Test]
    public void Between_two_moments_it_is_taken_to_be_even()
    {
        var host = new HostRecord(1, [new HostMoment(0, 0, 0), new HostMoment(Second, 100, 0), new HostMoment(2 * Second, 100, 0)]);
        Assert.That(host.ForeignShare(Second / 2, 3 * Second / 2), Is.EqualTo(0.5).Within(1e-9));
    }

    [Test]
    public void Without_moments_there_is_none() => Assert.That(new HostRecord(2, []).ForeignShare(0, Second), Is.Zero);
}
