using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Processes;

/// <summary>What a start costs: one after the other, many at once, and with the output captured.</summary>
internal sealed class StartCost(TimeProvider time, List<string> wrong)
{
    public const int AtOnce = 50;

    private const int UsualRounds = 5;
    private const int Starts = 1000; // of each way, over all rounds
    private static readonly TimeSpan ThreadLimit = TimeSpan.FromMinutes(2);

    private readonly Dictionary<(string Scenario, string Name), List<StartRound>> _rounds = [];

    public async Task<IReadOnlyList<StartFigures>> MeasureAsync(BenchmarkSettings settings, CancellationToken stop)
    {
        var rounds = settings.Rounds ?? (settings.Short ? 2 : UsualRounds);
        var each = settings.Short ? AtOnce : Starts / rounds;
        var starters = Starter.All(time);
        foreach (var starter in starters)
        {
            starter.Run(); // the first start of all is measured elsewhere
        }

        Contender[] contenders =
        [
            .. starters.Select(starter => new Contender($"{starter.Name} in turn", _ => Task.FromResult(InTurn(starter, each)))),
            .. starters.Select(starter => new Contender($"{starter.Name} at once", _ => Task.FromResult(ManyAtOnce(starter, each / AtOnce)))),
            .. starters.Where(starter => starter.CaptureAsync is not null).Select(starter => new Contender($"{starter.Name} captured", stop => CaptureAsync(starter, each / 2, stop))),
        ];
        await Rounds.MeasureAsync(contenders, rounds, warmUp: 1, settings.Progress, stop);
        return [.. _rounds.Select(entry => Figures(entry.Key.Scenario, entry.Key.Name, entry.Value[1..]))];
    }

    private StartFigures Figures(string scenario, string name, IReadOnlyList<StartRound> rounds) => new(
        scenario, name, Known(rounds.Select(round => round.Returned)), Known(rounds.Select(round => round.Exited)), Series.Median(rounds.Select(round => round.Share)),
        Known(rounds.Zip(_rounds[(scenario, Starter.Bare)][1..], (mine, bare) => mine.Returned - bare.Returned)),
        Series.Median(rounds.Zip(_rounds[(scenario, Starter.Bare)][1..], (mine, bare) => mine.Share - bare.Share)),
        Series.Median(rounds.Select(round => round.OwnCpu)), Series.Median(rounds.Select(round => round.OwnCpu + round.ChildCpu)));

    private static double? Known(IEnumerable<double> values) => Series.Median(values) is var median && double.IsNaN(median) ? null : median;

    private Sample InTurn(Starter starter, int count)
    {
        var results = new List<Stopped>(count);
        return Take("in turn", starter, count, results, () =>
        {
            for (var i = 0; i < count; i++)
            {
                results.Add(starter.Run());
            }
        });
    }

    // Threads of its own: what waits for a place in the pool is not measured.
    private Sample ManyAtOnce(Starter starter, int batches)
    {
        var results = new List<Stopped>(AtOnce * batches);
        return Take($"{AtOnce} at once", starter, AtOnce * batches, results, () =>
        {
            // All count from one moment: a thread that has to wait for a core is as late as one that waits for its child.
            var together = 0L;
            using var begin = new Barrier(AtOnce, _ => together = time.GetTimestamp());
            var threads = Enumerable.Range(0, AtOnce).Select(_ => new Thread(() =>
            {
                for (var batch = 0; batch < batches; batch++)
                {
                    begin.SignalAndWait(ThreadLimit);
                    RunInto(results, starter, together);
                }
            }, maxStackSize: 256 * 1024) { IsBackground = true }).ToList();
            threads.ForEach(thread => thread.Start());
            if (!threads.TrueForAll(thread => thread.Join(ThreadLimit)))
            {
                throw new BenchmarkException($"{AtOnce} starts at once by {starter.Name} were not done within {ThreadLimit}");
            }
        });
    }

    // On a thread of its own, an exception would end the program.
    private void RunInto(List<Stopped> results, Starter starter, long begin)
    {
        try
        {
            var late = time.GetElapsedTime(begin);
            var result = starter.Run();
            result = result with { Returned = late + result.Returned, Exited = late + result.Exited };
            lock (results)
            {
                results.Add(result);
            }
        }
        catch (Exception e)
        {
            lock (wrong)
            {
                wrong.Add($"{starter.Name}: {e.Message}");
            }
        }
    }

    private async Task<Sample> CaptureAsync(Starter starter, int count, CancellationToken stop)
    {
        var cpu = ProcessCpu.Now();
        var begin = time.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (await starter.CaptureAsync!() is var text && text != Starter.Text + "\n")
            {
                wrong.Add($"{starter.Name} captured '{text.TrimEnd()}' from a program that wrote '{Starter.Text}'");
            }
        }

        var elapsed = time.GetElapsedTime(begin);
        var used = ProcessCpu.Now() - cpu;
        Keep("captured", starter, count, [], elapsed, used);
        return new Sample(elapsed, used.Own);
    }

    private Sample Take(string scenario, Starter starter, int count, List<Stopped> results, Action run)
    {
        var cpu = ProcessCpu.Now();
        var begin = time.GetTimestamp();
        run();
        var elapsed = time.GetElapsedTime(begin);
        var used = ProcessCpu.Now() - cpu;
        if (results.Count != count || results.Exists(result => result.ExitCode != 0))
        {
            wrong.Add($"{starter.Name}, {scenario}: of {count} starts {results.Count} came to an end, {results.Count(result => result.ExitCode != 0)} with another exit code than 0");
        }

        Keep(scenario, starter, count, results, elapsed, used);
        return new Sample(elapsed, used.Own);
    }

    private void Keep(string scenario, Starter starter, int count, List<Stopped> results, TimeSpan elapsed, ProcessCpu used)
    {
        if (!_rounds.TryGetValue((scenario, starter.Name), out var rounds))
        {
            _rounds.Add((scenario, starter.Name), rounds = []);
        }

        rounds.Add(new StartRound(
            Series.Median(results.Select(result => result.Returned.TotalMilliseconds)), Series.Median(results.Select(result => result.Exited.TotalMilliseconds)),
            elapsed.TotalMilliseconds / count, used.Own.TotalMilliseconds / count, used.Children.TotalMilliseconds / count));
    }

    /// <summary>Of one round, in milliseconds a start.</summary>
    private readonly record struct StartRound(double Returned, double Exited, double Share, double OwnCpu, double ChildCpu);
}

/// <summary>What a start costs, in milliseconds: medians of the rounds.</summary>
/// <param name="Scenario">In turn, at once, captured.</param>
/// <param name="Name">Who starts.</param>
/// <param name="Returned">Until the call returns, the median of a round; null where only the whole is measured.</param>
/// <param name="Exited">Until the end is known, likewise.</param>
/// <param name="Share">The time of the round, divided by its starts.</param>
/// <param name="ReturnsLater">Than Process, until the call returns.</param>
/// <param name="MoreThanProcess">Of this share, what Process does not take.</param>
/// <param name="OwnCpu">CPU time of the application and its supervisor.</param>
/// <param name="AllCpu">The same with that of the children.</param>
internal sealed record StartFigures(string Scenario, string Name, double? Returned, double? Exited, double Share, double? ReturnsLater, double MoreThanProcess, double OwnCpu, double AllCpu);
