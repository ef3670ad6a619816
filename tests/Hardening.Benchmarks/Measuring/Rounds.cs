using System.Globalization;

namespace Hardening.Benchmarks.Measuring;

/// <summary>Someone who is measured: a name, and how to run once.</summary>
internal sealed record Contender(string Name, Func<CancellationToken, Task<Sample>> RunAsync);

/// <summary>Rounds A B C A B C …: a machine that gets slower on the way does so for all.</summary>
internal static class Rounds
{
    /// <summary>Runs every contender once a round, one at a time.</summary>
    /// <returns>The series, in the order of the contenders.</returns>
    public static async Task<IReadOnlyList<Series>> MeasureAsync(IReadOnlyList<Contender> contenders, int rounds, TextWriter progress, CancellationToken stop)
    {
        var samples = contenders.Select(_ => new List<Sample>(rounds)).ToArray();
        for (var round = 1; round <= rounds; round++)
        {
            await progress.WriteAsync($"round {round} of {rounds}:");
            foreach (var (contender, taken) in contenders.Zip(samples))
            {
                taken.Add(await contender.RunAsync(stop));
                await progress.WriteAsync(string.Create(CultureInfo.InvariantCulture, $" {contender.Name} {taken[^1].Elapsed.TotalSeconds:F1} s;"));
            }

            await progress.WriteLineAsync();
        }

        return [.. contenders.Zip(samples, (contender, taken) => new Series(contender.Name, taken))];
    }
}
