using System.CommandLine;
using Hardening.FaultLab.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Width = 220; // a file has none
}

var root = new RootCommand("Stalls an application in every known way, and judges what its stall watchdog says by what is true.");
root.Add(new RunCommand(TimeProvider.System).Command);
root.Add(new HealthyCommand(TimeProvider.System).Command);
root.Add(ListCommand.Make());
root.Add(new InsideCommand(TimeProvider.System).Command);

var parsed = root.Parse(args);
if (parsed.Errors is [var error, ..])
{
    await Console.Error.WriteLineAsync($"faultlab: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}.");
    return RunCommand.BadInput;
}

return await parsed.InvokeAsync();
