using System.CommandLine;
using Spectre.Console;

namespace Hardening.Benchmarks.Measuring;

/// <summary>One subject, one verb. A missed goal is told; only a wrong result fails.</summary>
internal abstract class Benchmark
{
    public const int WrongResult = 1;
    public const int BadInput = 2;

    // Whatever hangs, the run ends; each child has a shorter limit of its own.
    private static readonly TimeSpan ShortLimit = TimeSpan.FromMinutes(8); // on a machine that others have too
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    private readonly Option<bool> _short = new("--short") { Description = "A small run of under a minute, to see that all is right: its figures mean little." };
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Also writes the figures to this file.", HelpName = "FILE" };
    private readonly Option<int?> _rounds = new("--rounds") { Description = "How often each contender runs, 1 to 100.", HelpName = "N" };
    private readonly TimeProvider _time;

    protected Benchmark(string verb, string description, TimeProvider time)
    {
        _time = time;
        _rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 100)
            {
                result.AddError("--rounds must be 1 to 100");
            }
        });
        Command = new Command(verb, description) { _short, _json, _rounds };
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    protected abstract Task<Report> MeasureAsync(ParseResult arguments, BenchmarkSettings settings, CancellationToken stop);

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var settings = new BenchmarkSettings(arguments.GetValue(_short), arguments.GetValue(_rounds), Console.Out);
        using var limit = new CancellationTokenSource(settings.Short ? ShortLimit : Limit, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            if (arguments.GetValue(_json) is { } wanted)
            {
                await File.Create(wanted.FullName).DisposeAsync(); // that it cannot be written is told before the run, not after it
            }

            var report = await MeasureAsync(arguments, settings, end.Token);
            report.Write(AnsiConsole.Console, Console.Out);
            if (arguments.GetValue(_json) is { } file)
            {
                report.Save(file.FullName);
            }

            return report.Wrong.Count > 0 ? WrongResult : 0;
        }
        catch (Exception e) when (e is BenchmarkException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"benchmarks: {e.Message.TrimEnd('.')}.");
            return e is BenchmarkException { IsBadInput: true } ? BadInput : WrongResult;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(stop.IsCancellationRequested ? "benchmarks: interrupted." : "benchmarks: not done within the time limit.");
            return WrongResult;
        }
    }
}

/// <param name="Short">Whether only correctness counts.</param>
/// <param name="Rounds">How often each contender runs; null: as the benchmark likes.</param>
/// <param name="Progress">Where the benchmark says how far it is.</param>
internal sealed record BenchmarkSettings(bool Short, int? Rounds, TextWriter Progress);

/// <summary>A benchmark cannot go on: its message says what failed and what to do.</summary>
internal sealed class BenchmarkException(string message, bool isBadInput = false) : Exception(message)
{
    public bool IsBadInput { get; } = isBadInput;
}
