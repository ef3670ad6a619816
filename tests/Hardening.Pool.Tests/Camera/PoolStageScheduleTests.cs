using System.Diagnostics;
using System.Globalization;

namespace Hardening.Pool.Tests.Camera;

/// <summary>Random lives of pipelines that work with a pool. A seed that fails is a defect of the product: HARDENING_SEED=n gives it again, but for the turns that threads and processes take.</summary>
public sealed class PoolStageScheduleTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    [Test, CancelAfter(180_000)]
    public async Task Whatever_happens_the_books_of_frames_and_jobs_agree_and_nothing_is_left(CancellationToken timeout)
    {
        await new PoolStageSchedule(seed: 0).RunAsync(steps: 10, timeout); // what is opened once for all pools is opened
        var before = Leftovers.Now();
        var began = Stopwatch.StartNew();
        foreach (var seed in Seeds())
        {
            TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed} at {began.Elapsed.TotalSeconds:0.0} s"));
            await new PoolStageSchedule(seed).RunAsync(steps: 100, timeout);
            await Leftovers.NoneSinceAsync(before, string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), timeout);
            if (began.Elapsed > Enough)
            {
                break;
            }
        }
    }

    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("HARDENING_SEED") is { Length: > 0 } given
            ? [int.Parse(given, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, 1000);
}
