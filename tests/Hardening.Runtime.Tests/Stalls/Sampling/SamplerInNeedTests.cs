using System.Diagnostics;
using System.Text.Json;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

/// <summary>What a stall is to be seen through, done to a process of its own (Hardening.TestWorker, SamplerDrill.cs).</summary>
public sealed class SamplerInNeedTests
{
    private const int Threads = 30; // that the worker parks

    [Test, CancelAfter(90_000)]
    public async Task No_sample_opens_a_file(CancellationToken timeout)
    {
        var starved = await RunAsync<Starved>("descriptors", timeout);
        Assert.That((starved.Refused, starved.Complete), Is.EqualTo((true, 3)), $"else this proves nothing: {starved}");
        Assert.That((starved.Samples, starved.MostOmitted), Is.EqualTo((60, 0)), starved.ToString());
        Assert.That(starved.LeastDetailed, Is.GreaterThanOrEqualTo(Threads));
        Assert.That(starved.HostTicks, Is.Positive);
    }

    [Test, CancelAfter(120_000), NonParallelizable]
    public async Task Samples_are_taken_in_a_storm_of_mappings(CancellationToken timeout)
    {
        var storm = await RunAsync<Stormy>("storm", timeout);
        TestContext.Out.WriteLine(storm);
        Assert.That(storm.Ours, Is.GreaterThan(storm.Due / 10), storm.ToString());
        Assert.That(storm.Ours, Is.GreaterThanOrEqualTo(storm.Naive), storm.ToString());
    }

    private static async Task<T> RunAsync<T>(string what, CancellationToken timeout)
    {
        using var worker = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll"), "sampler", what])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_TieredCompilation"] = "0" }, // its thread would come when there are no descriptors for it
        })!;
        try
        {
            var output = await worker.StandardOutput.ReadToEndAsync(timeout);
            await worker.WaitForExitAsync(timeout);
            return JsonSerializer.Deserialize<T>(output)!;
        }
        finally
        {
            if (!worker.HasExited)
            {
                worker.Kill(entireProcessTree: true);
            }
        }
    }

    private sealed record Starved(bool Refused, int Complete, int Samples, int MostOmitted, int LeastDetailed, long HostTicks, long OwnTicks);

    private sealed record Stormy(int Due, int Ours, double OursWorst, int Naive, double NaiveWorst);
}
