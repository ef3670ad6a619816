namespace Hardening.Runtime.RabbitMq.Tests.Camera;

/// <summary>How long the right to run a camera lasts.</summary>
public sealed class TokenLeaseTests
{
    private static readonly TimeSpan ReleaseAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Longer = TimeSpan.FromSeconds(4);

    private readonly ManualTimeProvider _time = new();

    [Test]
    public void Nobody_has_it_before_a_token_came_and_after_it_was_given_up()
    {
        var lease = Lease();
        Assert.That(lease.IsLapsed(isBlocked: false));
        lease.Confirm();
        Assert.That(lease.IsLapsed(isBlocked: false), Is.False);
        lease.End();
        Assert.That(lease.IsLapsed(isBlocked: false));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void It_lapses_when_it_is_not_confirmed_in_line_or_not(bool isInLine)
    {
        var lease = Lease();
        lease.Join();
        lease.Confirm();
        if (!isInLine)
        {
            lease.Leave();
        }

        _time.Advance(ReleaseAfter);
        Assert.That(lease.IsLapsed(isBlocked: false), Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(lease.IsLapsed(isBlocked: false));
    }

    [Test]
    public void Each_confirmation_makes_it_last()
    {
        var lease = Lease();
        lease.Join();
        for (var i = 0; i < 5; i++)
        {
            lease.Confirm();
            _time.Advance(ReleaseAfter);
            Assert.That(lease.IsLapsed(isBlocked: false), Is.False);
        }
    }

    [Test]
    public void While_the_broker_takes_no_messages_it_lasts_as_long_as_the_connection()
    {
        var lease = Lease();
        lease.Join();
        lease.Confirm();
        _time.Advance(Longer);
        Assert.That(lease.IsLapsed(isBlocked: true), Is.False);
        lease.Leave();
        Assert.That(lease.IsLapsed(isBlocked: true));
    }

    [Test]
    public void A_host_that_keeps_cameras_keeps_them_until_it_is_in_line_again_and_not_confirmed()
    {
        var lease = Lease(keeps: true);
        lease.Join();
        lease.Confirm();
        lease.Leave();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(lease.IsLapsed(isBlocked: false), Is.False);
        lease.Join();
        _time.Advance(ReleaseAfter);
        Assert.That(lease.IsLapsed(isBlocked: false), Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(lease.IsLapsed(isBlocked: false), "another host may have it now");
    }

    private TokenLease Lease(bool keeps = false) => new(_time, ReleaseAfter, keeps);
}
