using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool;

/// <summary>Peers in other languages: each script says what it can measure with what is installed.</summary>
internal sealed class PeerScripts(TimeProvider time, string? nodeModules, List<string> missing)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly IReadOnlyList<PoolScenario> Measured =
        [PoolScenario.Echo, PoolScenario.Batch, PoolScenario.Turn, PoolScenario.BusyTurn, PoolScenario.Frames, PoolScenario.FrameTurn, PoolScenario.HandOver];

    /// <summary>The pools of one Python.</summary>
    /// <returns>Its name too, such as Python 3.11; null where it does not run.</returns>
    public Task<(string? Name, IReadOnlyList<PoolContender> Contenders)> PythonAsync(string interpreter, int workers, CancellationToken stop) => AskAsync(interpreter, "pool_python.py", workers, stop);

    public Task<(string? Name, IReadOnlyList<PoolContender> Contenders)> NodeAsync(int workers, CancellationToken stop) => AskAsync("node", "pool_node.js", workers, stop);

    private async Task<(string? Name, IReadOnlyList<PoolContender> Contenders)> AskAsync(string program, string script, int workers, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(Limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(Command(program, script, "ways"), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero }, end.Token);
            if (result.Exit is not { ExitCode: 0, Signal: null })
            {
                missing.Add($"{program}: {result.StandardError.Trim().Split('\n')[^1]}");
                return (null, []);
            }

            var said = JsonSerializer.Deserialize<Ways>(result.StandardOutput, PoolMeasurement.Form)!;
            missing.AddRange(said.Missing.Select(what => $"{what} ({said.Name})"));
            return (said.Name,
            [
                .. said.Available.SelectMany(way => Measured.Where(scenario => scenario.Key == way[0]).Select(scenario => new PoolContender(
                    scenario, $"{way[1]}, {said.Name}", ContenderKind.Peer, seconds => Command(program, script, "run", way[0], way[1], FormattableString.Invariant($"{workers}"), FormattableString.Invariant($"{seconds}"))))),
            ]);
        }
        catch (Exception e) when (e is Win32Exception or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            missing.Add($"{program}: {e.Message}");
            return (null, []);
        }
    }

    private ProcessStartInfo Command(string program, string script, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, [Path.Combine(AppContext.BaseDirectory, "peers", script), .. arguments]);
        if (nodeModules is not null)
        {
            start.Environment["NODE_PATH"] = Path.GetFullPath(nodeModules);
        }

        return start;
    }

    private sealed record Ways(string Name, [property: System.Text.Json.Serialization.JsonPropertyName("ways")] IReadOnlyList<string[]> Available, IReadOnlyList<string> Missing);
}
