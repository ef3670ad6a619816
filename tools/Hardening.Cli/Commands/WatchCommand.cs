using System.CommandLine;

namespace Hardening.Cli.Commands;

/// <summary><c>harden watch</c>.</summary>
internal sealed class WatchCommand : VerbCommand
{
    public WatchCommand(TimeProvider time)
        : base("watch", "Looks at a running process from outside: what its threads do, whether it stalls, and why.", time)
    {
    }

    protected override Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop) =>
        throw new CommandFailedException("watch is not there yet");
}
