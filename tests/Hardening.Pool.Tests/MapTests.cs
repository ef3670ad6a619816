using System.Text;

namespace Hardening.Pool.Tests;

/// <summary>Many jobs at once, with real workers.</summary>
[CancelAfter(60_000)]
public sealed class MapTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task Each_request_has_one_outcome(bool isOrdered, CancellationToken timeout)
    {
        const int Count = 20_000;
        await using var pool = await TestPool.StartAsync(timeout);
        var requests = Enumerable.Range(0, Count).Select(i => Bytes($"echo {i}"));
        var seen = new bool[Count];
        var next = 0L;
        await foreach (var outcome in isOrdered ? pool.Pool.MapAsync(requests, default, timeout) : pool.Pool.MapUnorderedAsync(requests, default, timeout))
        {
            Assert.That(Encoding.UTF8.GetString(outcome.Result) == $"{outcome.Index}" && !seen[outcome.Index], $"{outcome.Index}");
            Assert.That(!isOrdered || outcome.Index == next++);
            seen[outcome.Index] = true;
        }

        Assert.That(seen, Has.None.False);
        Assert.That((pool.Statistics.Submitted, pool.Statistics.Succeeded), Is.EqualTo(((long)Count, (long)Count)));
    }

    [Test]
    public async Task Failures_and_ends_of_workers_are_outcomes_of_their_own_jobs(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.PoisonAfter = 100);
        var requests = Enumerable.Range(0, 500).Select(i => Bytes(i % 100 == 50 ? "exit 5" : i % 10 == 3 ? $"throw {i}" : $"echo {i}"));
        var types = new Dictionary<string, int>();
        await foreach (var outcome in pool.Pool.MapAsync(requests, default, timeout))
        {
            var expected = outcome.Index % 100 == 50 ? nameof(WorkerExitedException) : outcome.Index % 10 == 3 ? nameof(JobFailedException) : "";
            Assert.That(outcome.Failure?.GetType().Name ?? "", Is.EqualTo(expected), $"{outcome.Index}: {outcome.Failure}");
            types[expected] = types.GetValueOrDefault(expected) + 1;
        }

        Assert.That(types, Is.EquivalentTo(new Dictionary<string, int> { [""] = 445, [nameof(WorkerExitedException)] = 5, [nameof(JobFailedException)] = 50 }));
    }

    [Test]
    public async Task Each_job_has_the_limit_for_itself(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout);
        var requests = Enumerable.Range(0, 40).Select(i => Bytes(i == 7 ? "sleep 1000" : $"echo {i}"));
        await foreach (var outcome in pool.Pool.MapAsync(requests, new JobOptions { Timeout = TimeSpan.FromSeconds(5) }, timeout))
        {
            Assert.That(outcome.Failure, outcome.Index == 7 ? Is.InstanceOf<JobTimedOutException>() : Is.Null);
        }
    }

    [Test]
    public async Task Ending_early_cancels_the_rest_and_leaves_the_pool_to_others(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.CancelGracePeriod = TimeSpan.FromMilliseconds(100));
        await foreach (var outcome in pool.Pool.MapUnorderedAsync(Enumerable.Range(0, 100).Select(i => Bytes(i == 0 ? "echo 0" : "sleep 1000")), default, timeout))
        {
            Assert.That(outcome.Index, Is.Zero);
            break;
        }

        Assert.That(await pool.RunAsync("echo on", default, timeout), Is.EqualTo("on"));
        Assert.That(pool.Statistics.Cancelled, Is.GreaterThan(0).And.EqualTo(pool.Statistics.Submitted - 2));
    }

    [Test]
    public async Task Single_jobs_do_not_wait_behind_a_map(CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => options.Workers = 1);
        await using var map = pool.Pool.MapAsync(Enumerable.Range(0, 50).Select(_ => Bytes("sleep 0.2")), default, timeout).GetAsyncEnumerator(timeout);
        Assert.That(await map.MoveNextAsync());
        Assert.That(await pool.RunAsync("echo first", default, timeout), Is.EqualTo("first"));
        Assert.That(pool.Statistics.Succeeded, Is.LessThan(40));
    }

    [Test]
    public async Task A_pool_of_objects_maps_objects(CancellationToken timeout)
    {
        var contract = JobContract.Create<int, string>(
            (output, number) => Encoding.UTF8.GetBytes($"echo {number}", output), _ => 0, (_, _) => { }, answer => Encoding.UTF8.GetString(answer));
        await using var pool = new ProcessPool<int, string>("typed", TestPool.Scripted, contract, new ProcessPoolOptions { Workers = 2, SpareWorkers = 0 });
        await pool.StartAsync(timeout);
        Assert.That(await pool.RunAsync(7, default, timeout), Is.EqualTo("7"));
        Assert.That(await Task.Run(() => pool.Run(8, default, timeout), timeout), Is.EqualTo("8"));
        using (var result = await pool.RunWithFrameAsync(9, default, timeout))
        {
            Assert.That((result.Value, result.HasFrame), Is.EqualTo(("9", false)));
        }

        await foreach (var outcome in pool.MapAsync(Enumerable.Range(0, 1000), default, timeout))
        {
            Assert.That(outcome.Result, Is.EqualTo($"{outcome.Index}"));
        }

        Assert.That(pool.Raw.Statistics.Succeeded, Is.EqualTo(1003));
    }

    [Test]
    public async Task A_pool_that_was_not_started_says_so(CancellationToken timeout)
    {
        await using var pool = TestPool.Make();
        await using var map = pool.Pool.MapAsync([Bytes("echo")], default, timeout).GetAsyncEnumerator(timeout);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => map.MoveNextAsync().AsTask());
        Assert.That(failure!.Message, Does.Contain("StartAsync"));
    }

    private static ReadOnlyMemory<byte> Bytes(string request) => Encoding.UTF8.GetBytes(request);
}
