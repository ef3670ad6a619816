using System.Text.Json;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool;

/// <summary>Runs those who are measured, each as a supervised child with a time limit, and keeps what they say.</summary>
/// <param name="time">The clock.</param>
/// <param name="seconds">How long each is measured.</param>
/// <param name="peersUntil">From then on, counted from now, others' pools are left out, and one that is measured is stopped.</param>
/// <param name="missing">Who was not measured, and why.</param>
/// <param name="wrong">What was not as it must be.</param>
internal sealed class PoolRuns(TimeProvider time, double seconds, TimeSpan peersUntil, List<string> missing, List<string> wrong)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<PoolContender, List<PoolMeasurement>> _all = [];
    private readonly HashSet<PoolContender> _failed = [];
    private readonly long _begin = time.GetTimestamp();

    /// <summary>The medians of all that took part in every round.</summary>
    public IReadOnlyList<PoolFigures> Figures() =>
    [
        .. _all.Where(entry => !_failed.Contains(entry.Key)).Select(entry =>
            new PoolFigures(entry.Key.Scenario.Name, entry.Key.Name, entry.Key.Kind, entry.Key.Scenario.IsLatency, entry.Value)),
    ];

    public Contender Of(PoolContender contender) => new(contender.Name, stop => RunAsync(contender, stop));

    private async Task<Sample> RunAsync(PoolContender contender, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        if (!_failed.Contains(contender))
        {
            await using var busy = contender.Scenario.IsBusy ? BusyMachine.Start() : null;
            try
            {
                Keep(contender, await MeasureAsync(contender, stop));
            }
            catch (BenchmarkException e)
            {
                // A peer that hangs or breaks is a finding about the peer, and the others go on; ours must not.
                _failed.Add(contender);
                (contender.Kind == ContenderKind.Peer ? missing : wrong).Add($"{contender.Name}, {contender.Scenario.Name}: {e.Message}");
            }
        }

        return new Sample(time.GetElapsedTime(begin), null);
    }

    private async Task<PoolMeasurement> MeasureAsync(PoolContender contender, CancellationToken stop)
    {
        var limit = StartLimit + TimeSpan.FromSeconds(10 * seconds);
        var left = peersUntil - time.GetElapsedTime(_begin);
        if (contender.Kind == ContenderKind.Peer && left < limit)
        {
            limit = left > TimeSpan.Zero ? left : throw new BenchmarkException("left out of a short run, whose time for peers is over");
        }

        using var timeout = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(contender.Start(seconds), new SupervisionOptions { Name = "contender", StopGracePeriod = TimeSpan.Zero }, end.Token);
            return result.Exit is { ExitCode: 0, Signal: null } && Last(result.StandardOutput) is { } line
                ? JsonSerializer.Deserialize<PoolMeasurement>(line, PoolMeasurement.Form)!
                : throw new BenchmarkException($"{result.Exit}: {Last(result.StandardError) ?? "it said nothing"}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new BenchmarkException($"not done within {limit.TotalSeconds:F0} s");
        }
        catch (JsonException e)
        {
            throw new BenchmarkException($"its figures cannot be read: {e.Message}");
        }
    }

    private void Keep(PoolContender contender, PoolMeasurement measurement)
    {
        if (!_all.TryGetValue(contender, out var rounds))
        {
            _all.Add(contender, rounds = []);
        }

        rounds.Add(measurement);
        if (measurement.Wrong is { } text)
        {
            wrong.Add($"{contender.Name}, {contender.Scenario.Name}: {text}");
        }
    }

    private static string? Last(string text) => text.TrimEnd().Split('\n') is [.., { Length: > 0 } line] ? line : null;
}
