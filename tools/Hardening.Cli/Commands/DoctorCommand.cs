using System.CommandLine;

namespace Hardening.Cli.Commands;

/// <summary><c>harden doctor</c>.</summary>
internal sealed class DoctorCommand : VerbCommand
{
    public DoctorCommand(TimeProvider time)
        : base("doctor", "Checks this host for what costs frames or leaves children.", time)
    {
    }

    protected override Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop) =>
        throw new CommandFailedException("doctor is not there yet");
}
