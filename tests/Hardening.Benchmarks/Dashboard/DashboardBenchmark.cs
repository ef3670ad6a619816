using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Processes;
using Hardening.Processes;
using Spectre.Console;

namespace Hardening.Benchmarks.Dashboard;

/// <summary>What browsers cost the host that they look at: the CPU time of a host with cameras, with nobody and with many of them, by turns.</summary>
internal sealed class DashboardBenchmark(TimeProvider time) : Benchmark("dashboard", "What the dashboard costs its host: CPU time with nobody looking, and with 1 and 20 browsers, at five cameras.", time)
{
    private const int UsualRounds = 5;
    private const int Many = 20;
    private const double MostOfCore = 5; // %
    private const int Settle = 2; // s

    private static readonly int[] s_browsers = [0, 1, Many];

    private readonly Dictionary<int, List<Run>> _runs = s_browsers.ToDictionary(count => count, _ => new List<Run>());
    private readonly List<string> _wrong = [];

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("the CPU time of another process is measured on Linux alone", isBadInput: true);
        }

        var load = (await File.ReadAllTextAsync("/proc/loadavg", stop)).Split(' ')[0];
        var start = new ProcessStartInfo("dotnet", [typeof(DashboardBenchmark).Assembly.Location, DashboardSide.Verb]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        await using var host = await SupervisedProcess.StartAsync(start, cancellationToken: stop);
        var address = new Uri(await host.StandardOutput.ReadLineAsync(stop) ?? throw new BenchmarkException("the host with the dashboard does not start"));
        var seconds = settings.Short ? 3 : 20;
        await Rounds.MeasureAsync(
            [.. s_browsers.Select(count => new Contender($"{count} browsers", stop => RunAsync(host.Id, address, count, seconds, stop)))],
            settings.Rounds ?? (settings.Short ? 1 : UsualRounds), warmUp: settings.Short ? 0 : 1, settings.Progress, stop);
        host.StandardInput.Close();
        await host.StopAsync(stop);
        return Tell(load, seconds);
    }

    private async Task<Sample> RunAsync(int host, Uri address, int count, int seconds, CancellationToken stop)
    {
        await using var browsers = new Browsers(address, count);
        await Task.Delay(TimeSpan.FromSeconds(Settle), TimeProvider.System, stop);
        var (begin, cpu, seen) = (TimeProvider.System.GetTimestamp(), ProcessCpu.TicksOf(host), browsers.Seen);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, stop);
        var used = ProcessCpu.TicksOf(host) - cpu;
        var elapsed = TimeProvider.System.GetElapsedTime(begin);
        var now = browsers.Seen;
        _runs[count].Add(new Run(
            used / elapsed * 100, (now.States - seen.States) / elapsed.TotalSeconds, (now.Pictures - seen.Pictures) / elapsed.TotalSeconds, (now.Bytes - seen.Bytes) / elapsed.TotalSeconds / 1e6));
        if (count > 0 && (now.States == seen.States || now.Pictures == seen.Pictures))
        {
            _wrong.Add($"{count} browsers saw {now.States - seen.States} states and {now.Pictures - seen.Pictures} pictures in {seconds} s");
        }

        return new Sample(elapsed, used);
    }

    private Report Tell(string load, int seconds)
    {
        // Each round by itself: what disturbs one run disturbs the next.
        double Beside(int count) => Series.Median(_runs[count].Zip(_runs[0], (with, without) => with.PercentOfCore - without.PercentOfCore));
        List<DashboardFigures> figures =
        [
            .. s_browsers.Select(count => new DashboardFigures(
                count, Series.Median(_runs[count].Select(run => run.PercentOfCore)), Beside(count), Series.Median(_runs[count].Select(run => run.States)), Series.Median(_runs[count].Select(run => run.Pictures)),
                Series.Median(_runs[count].Select(run => run.Megabytes)))),
        ];
        var table = new Table().AddColumn("browsers", Right).AddColumn("host: % of a core", Right).AddColumn("of it, they cost", Right).AddColumn("states/s", Right).AddColumn("pictures/s", Right).AddColumn("MB/s", Right);
        foreach (var row in figures)
        {
            table.AddRow(Text(row.Browsers, "0"), Text(row.PercentOfCore, "0.0"), Text(row.CostPercent, "0.00"), Text(row.StatesPerSecond, "0.0"), Text(row.PicturesPerSecond, "0"), Text(row.MegabytesPerSecond, "0.0"));
        }

        return new Report(
            "dashboard", figures, [($"a host with {DashboardSide.Cameras} cameras, runs of {seconds} s, medians of rounds", table)],
            [new Goal($"{Many} browsers at {DashboardSide.Cameras} cameras: share of one core", MostOfCore, figures[^1].CostPercent, "0.00 '%'")], [],
            [$"load average before: {load}, on {Environment.ProcessorCount} cores; the browsers ran on the same ones"], _wrong);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Right(TableColumn column) => column.RightAligned();

    private readonly record struct Run(double PercentOfCore, double States, double Pictures, double Megabytes);

    /// <param name="Browsers">How many looked.</param>
    /// <param name="PercentOfCore">What the host used in all.</param>
    /// <param name="CostPercent">That more than with nobody looking.</param>
    /// <param name="StatesPerSecond">Told to all of them.</param>
    /// <param name="PicturesPerSecond">Told to all of them.</param>
    /// <param name="MegabytesPerSecond">Told to all of them.</param>
    private sealed record DashboardFigures(int Browsers, double PercentOfCore, double CostPercent, double StatesPerSecond, double PicturesPerSecond, double MegabytesPerSecond);
}
