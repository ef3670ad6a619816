using System.CommandLine;
using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Broker;
using Hardening.Benchmarks.Broker.Sides;
using Hardening.Benchmarks.Camera;
using Hardening.Benchmarks.Camera.Sides;
using Hardening.Benchmarks.Comparison;
using Hardening.Benchmarks.Dashboard;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Pool;
using Hardening.Benchmarks.Pool.Sides;
using Hardening.Benchmarks.Processes;
using Hardening.Benchmarks.Stalls;
using Hardening.Benchmarks.Tracing;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 140; // a file has none
}

var root = new RootCommand("Measures what Hardening costs and gives, beside its peers and the floor, in interleaved rounds. One subject a verb.");
var time = TimeProvider.System;
Benchmark[] benchmarks =
[
    new AnalyzersBenchmark(time), new ProcessesBenchmark(time), new PoolBenchmark(time), new CameraBenchmark(time), new StallsBenchmark(time), new TracingBenchmark(time), new BrokerBenchmark(time),
    new DashboardBenchmark(time),
];
foreach (var benchmark in benchmarks)
{
    root.Add(benchmark.Command);
}

root.Add(new ComparisonCommand(time).Command);
root.Add(new CameraSide().Command);
root.Add(new DashboardSide().Command);
root.Add(new BrokerSide(time).Command);
root.Add(new FreshApplication(time).Command);
foreach (var command in new PoolSide(time).Commands)
{
    root.Add(command);
}

var parsed = root.Parse(args);
if (parsed.Errors is [var error, ..])
{
    await Console.Error.WriteLineAsync($"benchmarks: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}.");
    return Benchmark.BadInput;
}

return await parsed.InvokeAsync();
