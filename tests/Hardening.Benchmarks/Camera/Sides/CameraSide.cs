using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Hardening.Benchmarks.Peers;
using Hardening.Benchmarks.Pool.Sides;

namespace Hardening.Benchmarks.Camera.Sides;

/// <summary>This program as one of those who are measured: it runs one of them, says when the time that counts begins and ends, and prints its figures as one line of JSON.</summary>
internal sealed class CameraSide
{
    private const string Verb = "camera-side";

    private static readonly Dictionary<string, Func<Workload, Task<CameraMeasurement>>> All = new()
    {
        ["ours"] = workload => new LineRun(workload, (w, cameras, book) => new OurLine(w, cameras, book, OurWorkers.Threads)).MeasureAsync(),
        ["ours-watched"] = workload => new LineRun(workload, (w, cameras, book) => new OurLine(w, cameras, book, OurWorkers.WatchedThreads)).MeasureAsync(),
        ["ours-cameras"] = workload => new LineRun(workload, (w, cameras, book) => new OurLine(w, cameras, book, OurWorkers.Cameras)).MeasureAsync(),
        ["ours-processes"] = workload => new LineRun(workload, (w, cameras, book) => new OurLine(w, cameras, book, OurWorkers.Processes)).MeasureAsync(),
        ["direct"] = workload => new LineRun(workload, (w, cameras, book) => new DirectLine(w, cameras, book)).MeasureAsync(),
        ["naive"] = workload => new LineRun(workload, (w, cameras, book) => new NaiveLine(w, cameras, book)).MeasureAsync(),
        ["dataflow"] = workload => new LineRun(workload, (w, cameras, book) => new DataflowLine(w, cameras, book, isPooled: false)).MeasureAsync(),
        ["dataflow-pooled"] = workload => new LineRun(workload, (w, cameras, book) => new DataflowLine(w, cameras, book, isPooled: true)).MeasureAsync(),
        ["channels"] = workload => new LineRun(workload, (w, cameras, book) => new ChannelLine(w, cameras, book)).MeasureAsync(),
        ["copy"] = workload => new KernelFloor(workload, copies: true, works: false).MeasureAsync(),
        ["kernel"] = workload => new KernelFloor(workload, copies: false, works: true).MeasureAsync(),
        ["copy-kernel"] = workload => new KernelFloor(workload, copies: true, works: true).MeasureAsync(),
    };

    private readonly Argument<string> _who = new("who");
    private readonly Argument<string> _workload = new("workload");

    public CameraSide()
    {
        Command = new Command(Verb) { _who, _workload };
        Command.Hidden = true;
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    public static ProcessStartInfo Start(string who, Workload workload) => PoolSide.Program(Verb, who, workload.ToString());

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var (who, workload) = (arguments.GetRequiredValue(_who), Workload.Parse(arguments.GetRequiredValue(_workload)));
        var measured = await (FaultRun.Named(who) is { } fault ? new FaultRun(workload, fault).MeasureAsync() : All[who](workload));
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(measured, CameraMeasurement.Form));
        return 0;
    }
}
