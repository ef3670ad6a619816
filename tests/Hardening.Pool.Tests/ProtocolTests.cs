namespace Hardening.Pool.Tests;

/// <summary>Workers that break the protocol.</summary>
[CancelAfter(60_000)]
public sealed class ProtocolTests
{
    private static WorkerCommand Bad => WorkerCommand.Command(PythonInterpreters.Require("python3"), Path.Combine(AppContext.BaseDirectory, "bad_worker.py"));

    [TestCase("garbage", typeof(WorkerProtocolException))]
    [TestCase("huge", typeof(WorkerProtocolException))]
    [TestCase("checksum", typeof(WorkerProtocolException))]
    [TestCase("stranger", typeof(WorkerProtocolException))]
    [TestCase("kind", typeof(WorkerProtocolException))]
    [TestCase("ready", typeof(WorkerProtocolException))]
    [TestCase("half", typeof(WorkerExitedException))]
    [TestCase("stuck", typeof(JobTimedOutException))]
    [TestCase("close", null)]
    [TestCase("closeall", null)]
    public async Task A_worker_that_breaks_the_protocol_takes_its_job_and_no_other(string request, Type? expected, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, worker: Bad);
        var bad = pool.RunAsync(request, new JobOptions { Timeout = TimeSpan.FromSeconds(expected == typeof(JobTimedOutException) ? 2 : 50) }, timeout);
        var others = Enumerable.Range(0, 10).Select(i => pool.RunAsync($"echo {i}", default, timeout)).ToList();
        var failure = await Assert.CatchAsync(() => bad);
        Assert.That(failure, expected is null ? Is.InstanceOf<IOException>() : Is.InstanceOf(expected));
        Assert.That(await Task.WhenAll(others), Is.EqualTo(Enumerable.Range(0, 10).Select(i => $"echo {i}")));
        await pool.ReadyAsync(2, timeout);
        Assert.That((pool.Statistics.Succeeded, pool.Statistics.Failed + pool.Statistics.TimedOut), Is.EqualTo((10L, 1L)));
    }

    [Test]
    public async Task A_worker_that_closes_its_end_and_stands_still_was_ended_by_what_ended_it(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1, Bad);
        var failure = await Assert.ThrowsAsync<WorkerExitedException>(() => pool.RunAsync("stop", default, timeout));
        Assert.That(failure!.Signal, Is.EqualTo(9), "and not by the signal that stopped it");
    }

    [Test]
    public async Task An_answer_that_nobody_asked_for_ends_the_worker_and_no_job(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1, Bad);
        Assert.That(await pool.RunAsync("twice", default, timeout), Is.EqualTo("once"));
        Assert.That(await pool.RunAsync("echo on", new JobOptions { MaxAttempts = 2 }, timeout), Is.EqualTo("echo on"));
        Assert.That(pool.Statistics.Restarts, Is.EqualTo(1));
    }

    [TestCase("no json", 0)]
    [TestCase("no object", 0)]
    [TestCase("no text", 0)]
    [TestCase("frame", 0)]
    [TestCase("frame", 2)]
    public async Task An_answer_that_cannot_be_read_fails_its_job_and_ends_the_worker(string request, int slots, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.Workers, options.PoisonAfter, options.ResultSlots, options.ResultSlotBytes) = (1, 1, slots, slots > 0 ? 64 : 0), Bad);
        for (var round = 1; round <= 2; round++)
        {
            // The job was answered, however badly: it is not begun again, and nothing is held against it.
            Assert.That(() => pool.RunAsync(request, new JobOptions { MaxAttempts = 3 }, timeout), Throws.TypeOf<WorkerProtocolException>());
            Assert.That(await pool.RunAsync("echo on", default, timeout), Is.EqualTo("echo on"));
            Assert.That((pool.Statistics.Failed, pool.Statistics.Retries, pool.Statistics.Restarts, pool.Statistics.Kills), Is.EqualTo(((long)round, 0L, (long)round, (long)round)));
        }

        Assert.That(pool.Statistics.StartedWorkers, Is.EqualTo(3));
    }
}
