using System.Text.Json;
using Hardening.Benchmarks.Broker.Sides;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;

namespace Hardening.Benchmarks.Broker;

/// <summary>Runs the callers of each case as a program of their own, with a time limit, and keeps what they say.</summary>
internal sealed class BrokerRuns(TimeProvider time, double seconds, BrokerStage stage, List<string> wrong)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Dictionary<BrokerCase, List<BrokerMeasurement>> _all = [];

    public IReadOnlyList<BrokerFigures> Figures() => [.. _all.Select(entry => new BrokerFigures(entry.Key.Way, entry.Key.Payload, entry.Key.Callers, entry.Key.Prefetch, entry.Value))];

    public Contender Of(BrokerCase what) => new(what.Name, stop => RunAsync(what, stop));

    private async Task<Sample> RunAsync(BrokerCase what, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        try
        {
            var measured = await MeasureAsync(what, stop);
            if (!_all.TryGetValue(what, out var rounds))
            {
                _all.Add(what, rounds = []);
            }

            rounds.Add(measured);
            if (measured.Wrong is { } text)
            {
                wrong.Add($"{what.Name}: {text}");
            }
        }
        catch (BenchmarkException e)
        {
            wrong.Add($"{what.Name}: {e.Message}");
        }

        return new Sample(time.GetElapsedTime(begin), null);
    }

    private async Task<BrokerMeasurement> MeasureAsync(BrokerCase what, CancellationToken stop)
    {
        var limit = StartLimit + TimeSpan.FromSeconds(10 * seconds);
        using var timeout = new CancellationTokenSource(limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(BrokerSide.Start(what, seconds, stage), new SupervisionOptions { Name = "callers", StopGracePeriod = TimeSpan.Zero }, end.Token);
            return result.Exit is { ExitCode: 0, Signal: null } && result.StandardOutput.TrimEnd().Split('\n') is [.., { Length: > 0 } line]
                ? JsonSerializer.Deserialize<BrokerMeasurement>(line, BrokerMeasurement.Form)!
                : throw new BenchmarkException($"{result.Exit}: {result.StandardError.Trim()}");
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
}
