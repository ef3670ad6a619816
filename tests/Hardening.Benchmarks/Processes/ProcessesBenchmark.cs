using System.CommandLine;
using System.Globalization;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;
using Hardening.TestWorker;

namespace Hardening.Benchmarks.Processes;

/// <summary>What it costs that children are supervised, beside <c>System.Diagnostics.Process</c> and the bare system.</summary>
internal sealed class ProcessesBenchmark(TimeProvider time)
    : Benchmark("processes", "What it costs that child processes are supervised: to start, to end, and to have a supervisor; and who is left.", time)
{
    private const double MostMoreThanProcess = 1; // ms a start
    private const double MostBeyondGrace = 150; // ms, for 200 processes
    private const double MostMemory = 15; // MB
    private const double IdleSeconds = 5;
    private const int UsualFreshRounds = 5;

    private readonly List<string> _wrong = [];
    private readonly List<string> _missing = [];
    private readonly List<string> _remarks = [];

    protected override async Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BenchmarkException("child processes are supervised on Linux alone", isBadInput: true);
        }

        var load = await File.ReadAllTextAsync("/proc/loadavg", stop);
        _remarks.Add($"load average before: {load.Split(' ')[0]}, on {Environment.ProcessorCount} cores");
        var fresh = await MeasureFreshAsync(settings, stop);
        ProcessTree.Start();
        _remarks.Add($"containment: {ProcessTree.Containment}");
        var starts = await new StartCost(TimeProvider.System, _wrong).MeasureAsync(settings, stop);
        IReadOnlyList<EndFigures> ends = [];
        if (Misbehaving.Python is null)
        {
            _missing.Add("python3: the children that do not want to end");
        }
        else
        {
            ends = await new EndCost(TimeProvider.System, _wrong).MeasureAsync(settings, stop);
        }

        var used = CheckSupervisor();
        return Tell(fresh, starts, ends, used);
    }

    private async Task<List<SupervisorFigures>> MeasureFreshAsync(BenchmarkSettings settings, CancellationToken stop)
    {
        List<SupervisorFigures> all = [];
        var child = new ChildProgram(TimeProvider.System);
        var rounds = settings.Rounds ?? (settings.Short ? 1 : UsualFreshRounds);
        HashSet<Containment> levels = [Containment.Subreaper, Containment.Cgroup, Containment.PidNamespace];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var level in levels.ToList())
            {
                var (figures, why) = await FreshApplication.MeasureAsync(child, level, settings.Short ? 0.5 : IdleSeconds, stop);
                if (figures is null)
                {
                    levels.Remove(level);
                    _missing.Add($"{level}: {why}");
                    continue;
                }

                await settings.Progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"fresh application {round + 1} of {rounds}, {level}: {figures.StartMilliseconds:F0} ms"));
                all.Add(figures);
                if (figures.Level != level.ToString() || figures.ExitCode != 0)
                {
                    _wrong.Add($"a fresh application asked for {level}, has {figures.Level}, and its first child exited with {figures.ExitCode}");
                }
            }
        }

        return all;
    }

    // After all that: the same supervisor, no tree, no zombie.
    private ProcessMemory CheckSupervisor()
    {
        var status = ProcessTree.Status;
        if (status is not { SupervisorId: { } supervisor, RunningTrees: 0, LostSupervisors: 0, LeftProcesses: 0 })
        {
            _wrong.Add($"in the end: {status}");
            return default;
        }

        var zombies = Survivors.CountZombiesOf(supervisor);
        if (zombies > 0)
        {
            _wrong.Add($"the supervisor has not reaped {zombies} children");
        }

        return ProcessMemory.Of(supervisor);
    }

    private Report Tell(List<SupervisorFigures> fresh, IReadOnlyList<StartFigures> starts, IReadOnlyList<EndFigures> ends, ProcessMemory used)
    {
        var levels = fresh.GroupBy(figures => figures.Level).Select(LevelFigures.Of).ToList();
        List<Goal> goals =
        [
            .. starts.Where(start => start.Name == Starter.Supervised && start.ReturnsLater is not null).SelectMany(start => (Goal[])
            [
                new($"a start {start.Scenario}: returns later than Process by", MostMoreThanProcess, start.ReturnsLater!.Value, "0.00 ms"),
                new($"a start {start.Scenario}: takes more time than Process, the end known", MostMoreThanProcess, start.MoreThanProcess, "0.00 ms"),
            ]),
            .. ends.Where(end => end is { Escape: EndCost.Bomb, Name: EndCost.Stopped })
                .Select(end => new Goal($"{end.Processes} processes ended, beyond the grace period", MostBeyondGrace, end.Milliseconds - EndCost.Grace.TotalMilliseconds, "0 ms")),
            new("memory of the supervisor after all this (PSS)", MostMemory, used.Proportional, "0.0 MB"),
            .. levels.Select(level => new Goal($"memory of a new supervisor with its guard (PSS), {level.Level}", MostMemory, level.Proportional, "0.0 MB")),
            .. levels.Select(level => new Goal($"CPU time of an idle supervisor, {level.Level}", 0, level.IdleMilliseconds, "0 ms")),
        ];
        var figures = new { Starts = starts, Ends = ends, Fresh = fresh, Used = used };
        return new Report("processes", figures, [ProcessTables.Of(starts), ProcessTables.Of(ends), ProcessTables.Of(levels, used)], goals, _missing, _remarks, _wrong);
    }
}

/// <summary>The medians of one level; the CPU time is the most of all rounds.</summary>
internal sealed record LevelFigures(string Level, double StartMilliseconds, double FirstChildMilliseconds, double Proportional, double Private, int Processes, double IdleMilliseconds)
{
    public static LevelFigures Of(IGrouping<string, SupervisorFigures> rounds) => new(
        rounds.Key, Series.Median(rounds.Select(round => round.StartMilliseconds)), Series.Median(rounds.Select(round => round.FirstChildMilliseconds)),
        Series.Median(rounds.Select(round => round.Proportional)), Series.Median(rounds.Select(round => round.Private)), rounds.First().Processes,
        rounds.Max(round => round.IdleMilliseconds));
}
