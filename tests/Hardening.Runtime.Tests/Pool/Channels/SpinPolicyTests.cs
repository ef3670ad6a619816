using Hardening.Pool.Channels;

namespace Hardening.Runtime.Tests.Pool.Channels;

public sealed class SpinPolicyTests
{
    [Test]
    public void Never_spins_for_an_end_that_needs_this_processor()
    {
        var policy = new SpinPolicy();
        for (var wait = 0; wait < 1_000; wait++)
        {
            Assert.That(policy.Limit(elsewhere: false, awake: true), Is.Zero);
        }
    }

    [Test]
    public void Spins_for_an_end_that_is_awake_elsewhere_while_that_pays()
    {
        var policy = new SpinPolicy();
        for (var wait = 0; wait < 1_000; wait++)
        {
            Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));
            policy.Paid();
        }

        for (var wait = 0; wait < 4; wait++)
        {
            Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));
            policy.Failed();
            policy.Slept(SpinPolicy.LongestProbedWait + 1);
        }

        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.Zero);
    }

    [Test]
    public void Probes_less_and_less_while_that_does_not_pay_and_spins_again_once_it_does()
    {
        var policy = new SpinPolicy();
        var probes = 0;
        for (var wait = 0; wait < 10_000; wait++)
        {
            if (policy.Limit(elsewhere: true, awake: false) == SpinPolicy.Probe)
            {
                probes++;
                policy.Failed();
            }

            policy.Slept(60_000);
        }

        Assert.That(probes, Is.InRange(10, 30));
        while (policy.Limit(elsewhere: true, awake: false) == 0)
        {
            policy.Slept(60_000);
        }

        policy.Paid();
        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));
    }

    [Test]
    public void A_probe_gives_leave_to_try_once_and_only_a_spin_that_pays_gives_more()
    {
        var policy = new SpinPolicy();
        for (var wait = 0; wait < 4; wait++)
        {
            policy.Failed();
        }

        Probe();
        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));
        policy.Failed();
        policy.Slept(50_000);
        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.Zero);

        Probe();
        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));
        policy.Paid();
        policy.Failed();
        Assert.That(policy.Limit(elsewhere: true, awake: true), Is.EqualTo(SpinPolicy.LongestSpin));

        void Probe()
        {
            Assert.That(Enumerable.Range(0, 20).Any(_ => policy.Limit(elsewhere: true, awake: true) == SpinPolicy.Probe));
            policy.Paid();
        }
    }

    [Test]
    public void Does_not_probe_while_waits_are_long()
    {
        var policy = new SpinPolicy();
        policy.Slept(1_000_000);
        for (var wait = 0; wait < 1_000; wait++)
        {
            Assert.That(policy.Limit(elsewhere: true, awake: false), Is.Zero);
            policy.Slept(1_000_000);
        }
    }
}
