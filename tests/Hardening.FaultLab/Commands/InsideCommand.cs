using System.CommandLine;
using System.Text.Json;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Running;

namespace Hardening.FaultLab.Commands;

/// <summary>This program as the process under test.</summary>
internal sealed class InsideCommand
{
    public const string Verb = "inside";

    public InsideCommand(TimeProvider time)
    {
        var fault = new Argument<string>("fault");
        var settings = new Argument<FileInfo>("settings");
        var result = new Argument<FileInfo>("result");
        Command = new Command(Verb) { fault, settings, result };
        Command.Hidden = true;
        Command.SetAction(async (arguments, stop) =>
        {
            try
            {
                var read = JsonSerializer.Deserialize<LabSettings>(await File.ReadAllTextAsync(arguments.GetRequiredValue(settings).FullName, stop), LabJson.Form)!;
                using var run = new InsideRun(FaultCatalog.Find(arguments.GetRequiredValue(fault))!, read, time);
                await run.RunAsync(arguments.GetRequiredValue(result).FullName, stop);
                return 0;
            }
            catch (LabException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
    }

    public Command Command { get; }
}
