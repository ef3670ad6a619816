using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Hardening.Benchmarks.Measuring;
using Hardening.Processes;

namespace Hardening.Benchmarks.Processes;

/// <summary>This program as an application that has started no child yet: what its first start takes, and what its supervisor costs. One application has one supervisor, so each measure is a process.</summary>
internal sealed class FreshApplication
{
    private const string Verb = "fresh-application";
    private const int Children = 20; // that run meanwhile

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BeforeIdle = TimeSpan.FromSeconds(1);

    private readonly Argument<Containment> _level = new("level");
    private readonly Argument<double> _seconds = new("seconds") { Description = "How long it is watched while it has nothing to do." };
    private readonly TimeProvider _time;

    public FreshApplication(TimeProvider time)
    {
        _time = time;
        Command = new Command(Verb) { _level, _seconds };
        Command.Hidden = true;
        Command.SetAction((arguments, stop) => RunAsync(arguments.GetValue(_level), TimeSpan.FromSeconds(arguments.GetValue(_seconds)), stop));
    }

    public Command Command { get; }

    /// <summary>Measures one.</summary>
    /// <returns>Null, and the reason, where the level cannot be had.</returns>
    public static async Task<(SupervisorFigures? Figures, string Why)> MeasureAsync(ChildProgram child, Containment level, double idleSeconds, CancellationToken stop)
    {
        var result = await child.RunAsync(new ProcessStartInfo(Environment.ProcessPath!, Arguments(level, idleSeconds)), Limit, stop);
        return result.ExitCode == 0 ? (JsonSerializer.Deserialize<SupervisorFigures>(result.Output), "") : (null, result.Errors.Trim().ReplaceLineEndings(" "));
    }

    private static IEnumerable<string> Arguments(Containment level, double idleSeconds)
    {
        // Started by `dotnet program.dll` or by a host of its own.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(FreshApplication).Assembly.Location] : [];
        return [.. program, Verb, level.ToString(), FormattableString.Invariant($"{idleSeconds}")];
    }

    private async Task<int> RunAsync(Containment level, TimeSpan idle, CancellationToken stop)
    {
        try
        {
            ProcessTree.Configure(new SupervisorOptions { Containment = level });
            var begin = _time.GetTimestamp();
            ProcessTree.Start();
            var first = _time.GetElapsedTime(begin);
            begin = _time.GetTimestamp();
            var result = await SupervisedProcess.RunAsync(new ProcessStartInfo("/bin/true"), cancellationToken: stop);
            var child = _time.GetElapsedTime(begin);
            var running = Enumerable.Range(0, Children).Select(_ => SupervisedProcess.Start(new ProcessStartInfo("/bin/sleep", ["60"]))).ToList();
            await Task.Delay(BeforeIdle, _time, stop);

            var supervisor = ProcessTree.Status.SupervisorId ?? throw new BenchmarkException("the supervisor is gone");
            var keepers = Keepers(supervisor, [.. running.Select(process => process.Id)]);
            var ticks = Ticks(keepers);
            await Task.Delay(idle, _time, stop);
            var figures = new SupervisorFigures(
                ProcessTree.Containment.ToString(), result.Exit.ExitCode, first.TotalMilliseconds, child.TotalMilliseconds, keepers.Sum(keeper => ProcessMemory.Of(keeper).Proportional),
                keepers.Sum(keeper => ProcessMemory.Of(keeper).Private), keepers.Count, (Ticks(keepers) - ticks).TotalMilliseconds);
            running.ForEach(process => process.Kill());
            await Task.WhenAll(running.Select(process => process.StopAsync(stop)));
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(figures));
            return 0;
        }
        catch (SupervisorException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    // The supervisor, its guard, and what holds a PID namespace: whatever there is without the children.
    private static List<int> Keepers(int supervisor, HashSet<int> children)
    {
        List<int> keepers = [supervisor];
        for (var i = 0; i < keepers.Count; i++)
        {
            var found = File.ReadAllText($"/proc/{keepers[i]}/task/{keepers[i]}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, provider: null));
            keepers.AddRange(found.Where(id => !children.Contains(id)));
        }

        return keepers;
    }

    private static TimeSpan Ticks(List<int> processes) => processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + ProcessCpu.TicksOf(process));
}

/// <summary>What a supervisor costs, with its guard.</summary>
/// <param name="Level">The containment in effect.</param>
/// <param name="ExitCode">Of the first child.</param>
/// <param name="StartMilliseconds">Until it is ready, in an application that has started nothing yet.</param>
/// <param name="FirstChildMilliseconds">What the first child takes from its start to its end.</param>
/// <param name="Proportional">PSS, in megabytes of all its processes.</param>
/// <param name="Private">Likewise, what would be free without them.</param>
/// <param name="Processes">How many these are.</param>
/// <param name="IdleMilliseconds">CPU time while 20 children sleep, in ticks of 10 ms.</param>
internal sealed record SupervisorFigures(
    string Level, int ExitCode, double StartMilliseconds, double FirstChildMilliseconds, double Proportional, double Private, int Processes, double IdleMilliseconds);
