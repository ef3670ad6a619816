using System.CommandLine;

namespace Hardening.Cli.Commands;

/// <summary><c>harden fix</c>.</summary>
internal sealed class FixCommand : VerbCommand
{
    public FixCommand(TimeProvider time)
        : base("fix", "Applies the fixes of rules, and leaves code that compiles or nothing.", time)
    {
    }

    protected override Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop) =>
        throw new CommandFailedException("fix is not there yet");
}
