using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Running;
using Spectre.Console;

namespace Hardening.FaultLab.Commands;

/// <summary>Runs faults and prints what was named for what was done.</summary>
internal sealed class RunCommand
{
    public const int BadInput = 2;

    private readonly Option<string[]> _faults = new("--fault") { Description = "Only this one; may be given several times. Default: all.", HelpName = "NAME" };
    private readonly Option<int> _runs = LabOptions.Range("--runs", "How often each runs, 1 to 1000.", "N", 1, 1, 1000);
    private readonly Option<FileInfo?> _json = new("--json") { Description = "Also writes all judgements to this file.", HelpName = "FILE" };
    private readonly LabOptions _options = new();
    private readonly TimeProvider _time;

    public RunCommand(TimeProvider time)
    {
        _time = time;
        _faults.Validators.Add(result =>
        {
            foreach (var name in result.GetValueOrDefault<string[]>() ?? [])
            {
                if (FaultCatalog.Find(name) is null)
                {
                    result.AddError($"there is no fault '{name}': 'list' tells which there are");
                }
            }
        });
        Command = new Command("run", "Stalls a healthy application in every known way, and compares what its watchdog says with the truth.") { _faults, _runs, _json };
        _options.AddTo(Command);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var wanted = arguments.GetValue(_faults) is { Length: > 0 } names ? names.Select(name => FaultCatalog.Find(name)!) : FaultCatalog.All;
        var (runs, load, settings) = (arguments.GetValue(_runs), arguments.GetValue(_options.Load), _options.Read(arguments));
        await using var laboratory = await Laboratory.OpenAsync(_options.OpenFolder(arguments), _time, stop);
        var judgements = new List<Judgement>();
        foreach (var fault in wanted)
        {
            await using var others = load > 0 ? SpinningProcesses.Start(load) : null;
            for (var run = 0; run < runs; run++)
            {
                var judgement = await laboratory.RunAsync(fault, settings, stop);
                judgements.Add(judgement);
                await Console.Out.WriteLineAsync(Describe(judgement));
            }
        }

        var matrix = new Matrix(judgements);
        MatrixPage.Write(matrix, AnsiConsole.Console, Console.Out);
        if (arguments.GetValue(_json) is { } file)
        {
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(judgements, LabJson.Form), stop);
        }

        return matrix.IsGood ? 0 : 1;
    }

    private static string Describe(Judgement judgement)
    {
        var gap = judgement.Gap is { } found ? string.Create(CultureInfo.InvariantCulture, $", {found.Milliseconds:F0} ms") : "";
        return $"{judgement.Fault}: {judgement.Rating}{gap}{(judgement.Cause is { } cause ? $", {cause}" : "")} {judgement.Reason}".TrimEnd();
    }
}
