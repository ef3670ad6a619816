using System.Diagnostics;
using System.Globalization;

namespace Hardening.Pool.Tests;

/// <summary>Random lives of pools. A seed that fails is a defect of the product: HARDENING_SEED=n gives it again.</summary>
public sealed class ScheduleTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    [Test, CancelAfter(120_000)]
    public async Task Whatever_happens_each_job_ends_once_as_it_may_and_nothing_is_left(CancellationToken timeout)
    {
        await new Schedule(seed: 0).RunAsync(steps: 10, timeout); // what is opened once for all pools is opened
        var before = Leftovers.Now();
        var began = Stopwatch.StartNew();
        foreach (var seed in Seeds())
        {
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed} at {began.Elapsed.TotalSeconds:0.0} s"));
            await new Schedule(seed).RunAsync(steps: 150, timeout);
            if (began.Elapsed > Enough)
            {
                break;
            }
        }

        await Eventually.HoldsAsync(() => Leftovers.Now() is var now && now.Memories <= before.Memories && now.SharedFiles <= before.SharedFiles && now.Descriptors <= before.Descriptors + 4, $"as much is open as before: {before}", timeout);
    }

    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("HARDENING_SEED") is { Length: > 0 } given
            ? [int.Parse(given, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, 1000);
}
