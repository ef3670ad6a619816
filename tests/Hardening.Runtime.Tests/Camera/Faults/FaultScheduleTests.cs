using System.Diagnostics;
using System.Globalization;

namespace Hardening.Runtime.Tests.Camera.Faults;

/// <summary>Random lives of pipelines. A seed that fails is a defect of the product: HARDENING_SEED=n gives it again, but for the turns that threads take.</summary>
public sealed class FaultScheduleTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(15);

    [Test, CancelAfter(120_000)]
    public async Task Whatever_happens_each_frame_ends_once_and_nothing_is_left(CancellationToken timeout)
    {
        var began = Stopwatch.StartNew();
        foreach (var seed in Seeds())
        {
            await RunAsync(seed, timeout);
            if (began.Elapsed > Enough)
            {
                break;
            }
        }
    }

    [Test, Explicit("Takes as long as it is let: HARDENING_SEEDS=first-last."), CancelAfter(1_800_000)]
    public async Task More_seeds(CancellationToken timeout)
    {
        var range = (Environment.GetEnvironmentVariable("HARDENING_SEEDS") ?? "1001-2000").Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        for (var seed = range[0]; seed <= range[1]; seed++)
        {
            await RunAsync(seed, timeout);
        }
    }

    private static async Task RunAsync(int seed, CancellationToken timeout)
    {
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            using var schedule = new FaultSchedule(seed);
            await schedule.RunAsync(steps: 200, limit.Token);
        }
        catch (Exception e)
        {
            throw new AssertionException(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {e.Message}"), e);
        }
    }

    private static IEnumerable<int> Seeds() =>
        Environment.GetEnvironmentVariable("HARDENING_SEED") is { Length: > 0 } given
            ? [int.Parse(given, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, 100_000);
}
