using System.CommandLine;
using System.CommandLine.Parsing;
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
        if ((parsed.Errors is [var first, ..] ? first.Message : NoOption(parsed)) is { } mistake)
        {
            await error.WriteLineAsync($"harden: {OneLine(mistake)} 'harden {parsed.CommandResult.Command.Name} --help' tells what can be asked.");
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

    // One that is written wrong would be taken for an argument.
    private static string? NoOption(ParseResult parsed) =>
        parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash).FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal)) is { } token
            ? $"There is no option '{token.Value}'."
            : null;

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").TrimEnd('.', ' ') + ".";
}
