using System.Globalization;

namespace Hardening.Benchmarks.Measuring;

/// <summary>Someone who is measured: a name, and how to run once.</summary>
internal sealed record Contender(string Name, Func<CancellationToken, Task<Sample>> RunAsync);

/// <summary>Rounds A B C A B C …: a machine that gets slower on the way does so for all.</summary>
internal static class Rounds
{
    /// <summary>Runs every contender once a round, one at a time.</summary>
    /// <param name="contenders">Who is measured.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="warmUp">Rounds before, which are not counted.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The series, in the order of the contenders.</returns>
    public static async Task<IReadOnlyList<Series>> MeasureAsync(IReadOnlyList<Contender> contenders, int rounds, int warmUp, TextWriter progress, CancellationToken stop)
    {
        var samples = contenders.Select(_ => new List<Sample>(rounds)).ToArray();
        for (var round = 1 - warmUp; round <= rounds; round++)
        {
            await progress.WriteAsync(round > 0 ? $"round {round} of {rounds}:" : "not counted:");
            foreach (var (contender, taken) in contenders.Zip(samples))
            {
                var sample = await contender.RunAsync(stop);
                await progress.WriteAsync(string.Create(CultureInfo.InvariantCulture, $" {contender.Name} {sample.Elapsed.TotalSeconds:F1} s;"));
                if (round > 0)
                {
                    taken.Add(sample);
                }
            }

            await progress.WriteLineAsync();
        }

        return [.. contenders.Zip(samples, (contender, taken) => new Series(contender.Name, taken))];
    }
}
