namespace Hardening.Cli;

/// <summary>Ends the program with one line on the error output. The message says what happened, to what, and what to do.</summary>
internal sealed class CommandFailedException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>What was asked for makes no sense.</summary>
    public static CommandFailedException WrongUse(string message) => new(message, ExitCodes.WrongUse);
}
