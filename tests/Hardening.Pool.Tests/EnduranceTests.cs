using System.Text;

namespace Hardening.Pool.Tests;

/// <summary>Ten thousand jobs, and what they leave.</summary>
public sealed class EnduranceTests
{
    [Test, CancelAfter(120_000)]
    public async Task Ten_thousand_jobs_with_random_faults_add_up_and_leave_nothing(CancellationToken timeout)
    {
        const int Count = 10_000;
        await RunAsync(200, timeout); // what is opened once for all pools is opened
        var before = Leftovers.Now();
        var end = await RunAsync(Count, timeout);
        Assert.That(end.Submitted, Is.EqualTo(Count));
        Assert.That((end.Succeeded, end.Failed), Is.EqualTo((9_735L, 265L)), "as many as were sent");
        Assert.That(Leftovers.Workers(), Is.Empty);
        Assert.That(ProcessScan.ZombiesOf(Environment.ProcessId), Is.Empty);
        await Leftovers.NoneSinceAsync(before, "at the end", timeout);
    }

    // In each thousand: 5 that end their worker, one that crashes it natively every other thousand, 21 or so that throw; the rest echo.
    private static async Task<ProcessPoolStatistics> RunAsync(int count, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, options => (options.SpareWorkers, options.QueueCapacity, options.PoisonAfter) = (1, 100, 100));
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = timeout }, async (i, _) =>
        {
            var request = (i % 1000) switch { 100 or 300 or 500 or 700 => "exit 3", 900 when i % 2000 < 1000 => "crash", var n when n % 50 == 25 => $"throw {i}", 901 or 902 => $"throw {i}", _ => $"echo {i}" };
            try
            {
                using var result = await pool.Pool.RunAsync(Encoding.UTF8.GetBytes(request), default, timeout);
                Assert.That(Encoding.UTF8.GetString(result.Payload) == $"{i}", $"the answer to '{request}'");
            }
            catch (WorkerExitedException e)
            {
                Assert.That(request, Is.EqualTo("exit 3").Or.EqualTo("crash"), e.Message);
            }
            catch (JobFailedException e)
            {
                Assert.That(request, Does.StartWith("throw"), e.Message);
                Assert.That(e.ErrorMessage, Is.EqualTo($"{i}"));
            }
        });
        await pool.Pool.StopAsync(timeout);
        return pool.Statistics;
    }
}
