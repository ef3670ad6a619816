using System.CommandLine;

namespace Hardening.Cli.Commands;

/// <summary><c>harden scan</c>.</summary>
internal sealed class ScanCommand : VerbCommand
{
    public ScanCommand(TimeProvider time)
        : base("scan", "Runs all rules over code, and changes nothing in it.", time)
    {
    }

    protected override Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop) =>
        throw new CommandFailedException("scan is not there yet");
}
