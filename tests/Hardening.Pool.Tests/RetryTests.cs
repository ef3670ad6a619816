namespace Hardening.Pool.Tests;

/// <summary>Jobs whose workers end: they are tried again where that is allowed, and refused where it goes on.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RetryTests : IDisposable
{
    private readonly Marks _marks = new();

    public void Dispose() => _marks.Dispose();

    [Test]
    public async Task A_job_is_tried_again_on_another_worker_where_that_is_allowed(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        Assert.That(await pool.RunAsync($"once {_marks.Next()}", new JobOptions { MaxAttempts = 2 }, timeout), Is.EqualTo("done"));
        Assert.That((pool.Statistics.Retries, pool.Statistics.Succeeded, pool.Statistics.Failed), Is.EqualTo((1L, 1L, 0L)));
    }

    [Test]
    public async Task A_job_is_begun_once_where_nothing_else_is_said(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var request = $"once {_marks.Next()}";
        var failure = await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync(request, default, timeout));
        Assert.That((failure!.ExitCode, failure.Signal), Is.EqualTo((3, default(int?))));
        Assert.That(await pool.RunAsync(request, default, timeout), Is.EqualTo("done"));
    }

    [Test]
    public async Task A_job_that_throws_is_not_tried_again(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => pool.RunAsync("throw the message", new JobOptions { MaxAttempts = 5 }, timeout));
        Assert.That((failure!.ErrorType, failure.ErrorMessage), Is.EqualTo(("System.InvalidOperationException", "the message")));
        Assert.That(failure.WorkerTrace, Does.Contain("ScriptedHandler"));
        Assert.That((pool.Statistics.Retries, pool.Statistics.Restarts), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public async Task A_job_that_ends_worker_after_worker_is_quarantined(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.PoisonAfter = 2);
        var failure = await Assert.ThrowsAsync<PoisonJobException>(() => pool.RunAsync("exit 9", new JobOptions { MaxAttempts = 5 }, timeout));
        Assert.That((failure!.Deaths, ((WorkerExitedException)failure.InnerException!).ExitCode), Is.EqualTo((2, 9)));
        await pool.ReadyAsync(2, timeout);
        var started = pool.Statistics.StartedWorkers;
        await Assert.ThrowsAsync<PoisonJobException>(() => pool.RunAsync("exit 9", default, timeout));
        Assert.That(await pool.RunAsync("echo other", default, timeout), Is.EqualTo("other"));
        Assert.That((pool.Statistics.StartedWorkers, pool.Statistics.Rejected), Is.EqualTo((started, 1L)));
    }

    [Test]
    public async Task Jobs_with_the_same_key_are_one_for_the_quarantine(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.PoisonAfter = 2);
        var key = new JobOptions { Key = "recipe 7" };
        await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync("exit 1", key, timeout));
        await Assert.ThrowsAsync<PoisonJobException>(() => pool.RunAsync("exit 2", key, timeout));
        var failure = await Assert.ThrowsAsync<PoisonJobException>(() => pool.RunAsync("echo", key, timeout));
        Assert.That(failure!.Key, Is.EqualTo("recipe 7"));
        Assert.That(await pool.RunAsync("echo without", default, timeout), Is.EqualTo("without"));
    }
}
