using System.Globalization;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>Jobs, hosts and a broker in bad times. A seed that fails is a defect of the product: HARDENING_SEED=n gives it again.</summary>
public sealed class ChaosTests
{
    [Test, CancelAfter(600_000)]
    public async Task Whatever_ends_each_job_ends_once_as_it_may_and_nothing_is_left(CancellationToken timeout)
    {
        var seed = Environment.GetEnvironmentVariable("HARDENING_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 1;
        await using var broker = await TestBroker.StartAsync(timeout);
        await using var run = new ChaosRun(seed, broker);
        await run.RunAsync(timeout);
    }

    [Test, Explicit("Takes as long as it is let: HARDENING_SEEDS=first-last."), CancelAfter(14_400_000)]
    public async Task More_seeds(CancellationToken timeout)
    {
        var range = (Environment.GetEnvironmentVariable("HARDENING_SEEDS") ?? "1001-1020").Split('-').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        for (var seed = range[0]; seed <= range[1]; seed++)
        {
            TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout);
            limit.CancelAfter(TimeSpan.FromMinutes(15));
            await using var broker = await TestBroker.StartAsync(timeout);
            await using var run = new ChaosRun(seed, broker);
            await run.RunAsync(limit.Token);
        }
    }
}
