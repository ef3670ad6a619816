using System.CommandLine;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Running;
using Spectre.Console;

namespace Hardening.FaultLab.Commands;

/// <summary>Runs the application without a fault, and counts what is told all the same.</summary>
internal sealed class HealthyCommand
{
    private readonly Option<double> _minutes = new("--minutes") { Description = "How long, 0.05 to 1440.", HelpName = "M", DefaultValueFactory = _ => 1 };
    private readonly LabOptions _options = new();
    private readonly TimeProvider _time;

    public HealthyCommand(TimeProvider time)
    {
        _time = time;
        _minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.05 and <= 1440))
            {
                result.AddError("--minutes must be 0.05 to 1440");
            }
        });
        Command = new Command("healthy", "Runs the application without a fault, and counts the stalls that its watchdog tells of where there was none.") { _minutes };
        _options.AddTo(Command);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken stop)
    {
        var settings = _options.Read(arguments) with { FaultTime = TimeSpan.FromMinutes(arguments.GetValue(_minutes)) };
        await using var laboratory = await Laboratory.OpenAsync(_options.OpenFolder(arguments), _time, stop);
        await using var others = arguments.GetValue(_options.Load) is > 0 and var load ? SpinningProcesses.Start(load) : null;
        var matrix = new Matrix([await laboratory.RunAsync(new HealthyWork(), settings, stop)]);
        MatrixPage.Write(matrix, AnsiConsole.Console, Console.Out);
        return matrix.IsGood ? 0 : 1;
    }
}
