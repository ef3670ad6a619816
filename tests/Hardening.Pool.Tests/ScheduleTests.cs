using System.Diagnostics;
using System.Globalization;

namespace Hardening.Pool.Tests;

/// <summary>Random lives of pools. A seed that fails is a defect of the product: HARDENING_SEED=n gives it again.</summary>
public sealed class ScheduleTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(15);

    [Test, CancelAfter(120_000)]
    public async Task Whatever_happens_each_job_ends_once_as_it_may_and_nothing_is_left(CancellationToken timeout)
    {
        await new Schedule(seed: 0).RunAsync(steps: 10, timeout); // what is opened once for all pools is opened
        var before = Leftovers.Now();
        var began = Stopwatch.StartNew();
        foreach (var seed in Seeds())
        {
            TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed} at {began.Elapsed.TotalSeconds:0.0} s"));
            await new Schedule(seed).RunAsync(steps: 150, timeout);
            await Leftovers.NoneSinceAsync(before, $"seed {seed}", timeout);
            if (began.Elapsed > Enough)
            {
                break;
            }
        }
    }

    [Test, Explicit("Takes as long as it is let: HARDENING_SEEDS=first-last."), CancelAfter(1_800_000)]
    public async Task More_seeds(CancellationToken timeout)
    {
        var range = (Environment.GetEnvironmentVariable("HARDENING_SEEDS") ?? "1001-1100").Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        await new Schedule(seed: 0).RunAsync(steps: 10, timeout);
        var before = Leftovers.Now();
        for (var seed = range[0]; seed <= range[1]; seed++)
        {
            TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout);
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            await new Schedule(seed).RunAsync(steps: 150, limit.Token);
            await Leftovers.NoneSinceAsync(before, string.Create(CultureInfo.InvariantCulture, $"seed {seed}"), timeout);
        }
    }

    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("HARDENING_SEED") is { Length: > 0 } given
            ? [int.Parse(given, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, 1000);
}
