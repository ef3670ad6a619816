namespace Hardening.Pool.Tests;

/// <summary>Workers that do not come up.</summary>
[CancelAfter(60_000), System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class StartTests
{
    [Test]
    public async Task A_program_that_is_missing_is_named(CancellationToken timeout)
    {
        await using var pool = TestPool.Make(Quick, WorkerCommand.Command("/no/such/interpreter"));
        var failure = await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.Pool.StartAsync(timeout));
        Assert.That(failure!.Message, Does.Contain("/no/such/interpreter"));
        Assert.That(failure.InnerException, Is.InstanceOf<WorkerStartException>());
    }

    [Test]
    public async Task A_worker_that_ends_before_it_is_ready_is_told_with_its_last_words(CancellationToken timeout)
    {
        await using var pool = TestPool.Make(Quick, WorkerCommand.Command("/bin/sh", "-c", "echo the last words >&2; exit 5"));
        var failure = await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.Pool.StartAsync(timeout));
        Assert.That(((WorkerStartException)failure!.InnerException!).ErrorOutput, Does.Contain("the last words"));
    }

    [Test]
    public async Task A_worker_that_never_gets_ready_is_ended(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        await using var pool = TestPool.Make(
            options =>
            {
                Quick(options);
                options.StartTimeout = TimeSpan.FromMilliseconds(200);
            },
            WorkerCommand.Command("/bin/sh", "-c", $"cd '{marked.FullName}'; exec sleep 1000"));
        var failure = await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.Pool.StartAsync(timeout));
        Assert.That(failure!.Message, Does.Contain("StartTimeout").Or.Contain("00:00:00.2"));
        await pool.Pool.DisposeAsync();
        Assert.That(marked.Processes, Is.Empty);
    }

    [Test]
    public async Task Starts_that_fail_are_tried_again_ever_more_seldom_jobs_fail_with_the_reason_and_all_is_well_once_it_is_gone(CancellationToken timeout)
    {
        using var directory = new MarkedDirectory();
        var program = Path.Combine(directory.FullName, "worker");
        var time = new ManualTimeProvider();
        await using var pool = TestPool.Make(
            options => (options.Workers, options.MaxStartFailures, options.FirstRestartDelay, options.MaxRestartDelay) = (1, 3, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)),
            WorkerCommand.Executable(program),
            time);
        var start = pool.Pool.StartAsync(timeout);
        await FailuresAsync(1);
        Assert.That(start.IsCompleted, Is.False, "one failure is no reason to give up");
        var early = pool.RunAsync("echo", default, timeout);
        time.Advance(TimeSpan.FromSeconds(1));
        await FailuresAsync(2);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(pool.Statistics.StartedWorkers, Is.EqualTo(2), "the pause doubles");
        time.Advance(TimeSpan.FromSeconds(1));
        await FailuresAsync(3);
        Assert.That((await Assert.ThrowsAsync<PoolUnavailableException>(() => start))!.StartFailures, Is.EqualTo(3));
        Assert.That((await Assert.ThrowsAsync<PoolUnavailableException>(() => early))!.Message, Does.Contain(program));
        Assert.That((await Assert.ThrowsAsync<PoolUnavailableException>(() => pool.RunAsync("echo", default, timeout)))!.IsStopped, Is.False);
        Assert.That(pool.Statistics.StartFailure?.Message, Does.Contain(program));

        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll")}' pool-worker\n", timeout);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return pool.Statistics.ReadyWorkers == 1;
            },
            "a worker has come up",
            timeout);
        Assert.That(await pool.RunAsync("echo back", default, timeout), Is.EqualTo("back"));
        Assert.That((pool.Statistics.StartFailures, pool.Statistics.StartFailure), Is.EqualTo((0, default(Exception))));

        Task FailuresAsync(int count) => Eventually.HoldsAsync(() => pool.Statistics.StartFailures == count, $"start {count} has failed", timeout);
    }

    [Test]
    public async Task A_pool_that_is_stopped_while_its_workers_start_leaves_none(CancellationToken timeout)
    {
        using var marked = new MarkedDirectory();
        await using var pool = TestPool.Make(options => options.StartTimeout = TimeSpan.FromMinutes(5), WorkerCommand.Command("/bin/sh", "-c", $"cd '{marked.FullName}'; exec sleep 1000"));
        var start = pool.Pool.StartAsync(timeout);
        await Eventually.HoldsAsync(() => marked.Processes.Count == 2, "both are starting", timeout);
        await pool.Pool.DisposeAsync();
        Assert.That(marked.Processes, Is.Empty);
        await Assert.CatchAsync(() => start.WaitAsync(timeout)); // and does not wait for ever
        Assert.That(start.IsCompleted);
        Assert.That(pool.Log.Records.Select(record => record.EventId), Does.Not.Contain(3120), "they were ended, and did not fail");
    }

    private static void Quick(ProcessPoolOptions options) => (options.Workers, options.MaxStartFailures, options.FirstRestartDelay) = (1, 2, TimeSpan.FromMilliseconds(1));
}
