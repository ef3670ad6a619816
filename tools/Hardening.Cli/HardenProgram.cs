using System.CommandLine;
using Hardening.Cli.Commands;

namespace Hardening.Cli;

/// <summary>The program: reads the command line, runs the verb, and turns what goes wrong into one line and an exit code.</summary>
internal static class HardenProgram
{
    // After Ctrl+C: children are ended, changed files put back, temporary folders removed.
    private static readonly TimeSpan s_endLimit = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, TimeProvider time)
    {
        var root = new RootCommand("Finds what stalls, leaks and loses frames: in code, in running processes, on hosts.")
        {
            new ScanCommand(time).Command,
            new FixCommand(time).Command,
            new WatchCommand(time).Command,
            new DoctorCommand(time).Command,
        };
        var parsed = root.Parse([.. arguments]);
        if (parsed.Errors is [var mistake, ..])
        {
            await error.WriteLineAsync($"harden: {OneLine(mistake.Message)} 'harden {parsed.CommandResult.Command.Name} --help' tells what can be asked.");
            return ExitCodes.WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = s_endLimit });
        }
        catch (CommandFailedException failure)
        {
            await error.WriteLineAsync($"harden: {OneLine(failure.Message)}");
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("harden: cancelled; nothing was changed after that.");
            return ExitCodes.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"harden: {OneLine(failure.Message)}");
            return ExitCodes.Failed;
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ') + ".";
}
