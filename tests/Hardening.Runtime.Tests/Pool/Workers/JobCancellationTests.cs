using Hardening.Pool.Serving;

namespace Hardening.Runtime.Tests.Pool.Workers;

[CancelAfter(60_000)]
public sealed class JobCancellationTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task Cancels_the_job_that_is_watched_once(CancellationToken timeout)
    {
        using var cancellation = new JobCancellation(_time);
        cancellation.Begin(1, softLimit: 0);
        var token = cancellation.Token;

        cancellation.Cancel(0);
        Assert.That(token.IsCancellationRequested, Is.False);
        cancellation.Cancel(1);
        await Eventually.HoldsAsync(() => token.IsCancellationRequested, "the token is cancelled", timeout);

        cancellation.End();
        cancellation.Cancel(2);
        cancellation.Begin(2, softLimit: 0);
        Assert.That(cancellation.Token.IsCancellationRequested, "A cancellation that came before its job is remembered.");
        cancellation.End();
        cancellation.Begin(3, softLimit: 0);
        Assert.That(cancellation.Token.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task The_soft_limit_counts_from_the_start_of_the_job(CancellationToken timeout)
    {
        using var cancellation = new JobCancellation(_time);
        TimeSpan? ahead = null;
        cancellation.LimitAhead = left => ahead = left;
        cancellation.Begin(1, softLimit: 100);
        _time.Advance(TimeSpan.FromMilliseconds(40));

        var token = cancellation.Token;
        Assert.That(ahead, Is.EqualTo(TimeSpan.FromMilliseconds(60)));
        Assert.That(cancellation.CheckLimit(), Is.EqualTo(TimeSpan.FromMilliseconds(60)));
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.That(cancellation.Remaining, Is.EqualTo(TimeSpan.Zero));
        Assert.That(cancellation.CheckLimit(), Is.Null);
        await Eventually.HoldsAsync(() => token.IsCancellationRequested, "the token is cancelled", timeout);
    }

    [Test]
    public void A_job_that_looks_too_late_finds_its_token_cancelled()
    {
        using var cancellation = new JobCancellation(_time);
        cancellation.Begin(1, softLimit: 100);
        _time.Advance(TimeSpan.FromMilliseconds(101));

        Assert.That(cancellation.Token.IsCancellationRequested);
    }

    [Test]
    public void A_job_that_does_not_look_is_not_watched()
    {
        using var cancellation = new JobCancellation(_time);
        cancellation.LimitAhead = _ => Assert.Fail("It is told of a limit that nobody looks at.");
        cancellation.Begin(1, softLimit: 100);

        Assert.That(cancellation.CheckLimit(), Is.Null);
        Assert.That(cancellation.Remaining, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
    }
}
