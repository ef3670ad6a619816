using System.Diagnostics;
using System.Globalization;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;
using Hardening.TestWorker;

namespace Hardening.Benchmarks.Processes;

/// <summary>What it takes to end children that do not want to end, and who is left of them.</summary>
internal sealed class EndCost(TimeProvider time, List<string> wrong)
{
    public const string Killed = "SupervisedProcess, no grace";
    public const string Stopped = "SupervisedProcess.StopAsync";
    public const string KillOfProcess = "Process.Kill(true)";
    public const string Bomb = "bomb";

    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    private const int UsualRounds = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Escapes = ["ignore", "stopped", "tree", "daemon", Bomb, "respawn", "comet"];

    private readonly Dictionary<(string Escape, string Name), List<End>> _ends = [];

    public async Task<IReadOnlyList<EndFigures>> MeasureAsync(BenchmarkSettings settings, CancellationToken stop)
    {
        List<Contender> contenders = [];
        foreach (var escape in Escapes)
        {
            contenders.Add(new Contender($"{escape}: {KillOfProcess}", stop => EndBareAsync(escape, stop)));
            contenders.Add(new Contender(Killed, stop => EndSupervisedAsync(escape, Killed, TimeSpan.Zero, stop)));
            contenders.Add(new Contender(Stopped, stop => EndSupervisedAsync(escape, Stopped, Grace, stop)));
        }

        await Rounds.MeasureAsync(contenders, settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: 0, settings.Progress, stop);
        return
        [
            .. _ends.Select(entry => new EndFigures(
                entry.Key.Escape, entry.Key.Name, (int)Series.Median(entry.Value.Select(end => (double)end.Processes)), Series.Median(entry.Value.Select(end => end.Milliseconds)),
                entry.Value.Max(end => end.Milliseconds), entry.Value.Max(end => end.Left))),
        ];
    }

    private async Task<Sample> EndBareAsync(string escape, CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("hardening-benchmark-").FullName;
        using var process = Process.Start(Quiet(directory, escape))!;
        try
        {
            var there = await StandAsync(directory, stop);
            var begin = time.GetTimestamp();
            await KillAsync(process);
            var elapsed = time.GetElapsedTime(begin);
            await Task.Delay(Settle, time, stop); // what has been killed, and is only slow to go, does not count
            return Keep(escape, KillOfProcess, there, elapsed, Survivors.Count(directory));
        }
        finally
        {
            Survivors.End(directory);
            await KillAsync(process);
            Directory.Delete(directory, recursive: true);
        }
    }

    // It may give up, and on a busy machine it takes more than a minute: what it has not ended counts as left.
    private async Task KillAsync(Process process)
    {
        try
        {
            var kill = Task.Run(() => process.Kill(entireProcessTree: true), CancellationToken.None);
            await kill.WaitAsync(Limit, time, CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Limit, time, CancellationToken.None);
        }
        catch (Exception e) when (e is AggregateException or System.ComponentModel.Win32Exception or TimeoutException)
        {
            // Told by the time and by who is left.
        }
    }

    private async Task<Sample> EndSupervisedAsync(string escape, string name, TimeSpan grace, CancellationToken stop)
    {
        var directory = Directory.CreateTempSubdirectory("hardening-benchmark-").FullName;
        await using var process = SupervisedProcess.Start(Quiet(directory, escape), new SupervisionOptions { StopGracePeriod = grace });
        try
        {
            var there = await StandAsync(directory, stop);
            var begin = time.GetTimestamp();
            await process.StopAsync(CancellationToken.None);
            var elapsed = time.GetElapsedTime(begin);
            var left = Survivors.Count(directory);
            await Task.Delay(Settle / 5, time, stop);
            left = Math.Max(left, Survivors.Count(directory));
            if (left > 0)
            {
                wrong.Add($"{escape}: {name} left {left} of {there} processes");
            }

            return Keep(escape, name, there, elapsed, left);
        }
        finally
        {
            Survivors.End(directory);
            Directory.Delete(directory, recursive: true);
        }
    }

    private Sample Keep(string escape, string name, int processes, TimeSpan elapsed, int left)
    {
        if (!_ends.TryGetValue((escape, name), out var ends))
        {
            _ends.Add((escape, name), ends = []);
        }

        ends.Add(new End(processes, elapsed.TotalMilliseconds, left));
        return new Sample(elapsed, null);
    }

    private static ProcessStartInfo Quiet(string directory, string escape)
    {
        var start = Misbehaving.Child(directory, escape);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, false, false);
        return start;
    }

    // How many it says it is, once it stands complete.
    private async Task<int> StandAsync(string directory, CancellationToken stop)
    {
        var begin = time.GetTimestamp();
        var ready = Path.Combine(directory, "ready");
        while (!File.Exists(ready))
        {
            if (time.GetElapsedTime(begin) > Limit)
            {
                throw new BenchmarkException($"the child in {directory} does not stand within {Limit}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), time, stop);
        }

        return int.Parse(await File.ReadAllTextAsync(ready, stop), CultureInfo.InvariantCulture);
    }

    private readonly record struct End(int Processes, double Milliseconds, int Left);
}

/// <summary>What it took to end one kind of children.</summary>
/// <param name="Escape">How they try to live on.</param>
/// <param name="Name">Who ends them.</param>
/// <param name="Processes">How many there were.</param>
/// <param name="Milliseconds">The median.</param>
/// <param name="Most">The slowest round.</param>
/// <param name="Left">The most that were left.</param>
internal sealed record EndFigures(string Escape, string Name, int Processes, double Milliseconds, double Most, int Left);
