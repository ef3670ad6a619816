using System.CommandLine;
using Hardening.Benchmarks.Analyzers;
using Hardening.Benchmarks.Broker;
using Hardening.Benchmarks.Broker.Sides;
using Hardening.Benchmarks.Camera;
using Hardening.Benchmarks.Camera.Sides;
using Hardening.Benchmarks.Comparison;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Pool;
using Hardening.Benchmarks.Pool.Sides;
using Hardening.Benchmarks.Processes;
using Hardening.Benchmarks.Stalls;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 140; // a file has none
}

var root = new RootCommand("Measures what Hardening costs and gives, beside its peers and the floor, in interleaved rounds. One subject a verb.");
foreach (Benchmark benchmark in (Benchmark[])[new AnalyzersBenchmark(TimeProvider.System), new ProcessesBenchmark(TimeProvider.System), new PoolBenchmark(TimeProvider.System), new CameraBenchmark(TimeProvider.System), new StallsBenchmark(TimeProvider.System), new BrokerBenchmark(TimeProvider.System)])
{
    root.Add(benchmark.Command);
}

root.Add(new ComparisonCommand(TimeProvider.System).Command);
root.Add(new CameraSide().Command);
root.Add(new BrokerSide(TimeProvider.System).Command);
root.Add(new FreshApplication(TimeProvider.System).Command);
foreach (var command in new PoolSide(TimeProvider.System).Commands)
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
