using System.CommandLine;

namespace Hardening.Cli.Commands;

/// <summary>What all verbs share: <c>--json</c>, and the terminal made for how the program was started.</summary>
internal abstract class VerbCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "Prints the result as one JSON document." };

    protected VerbCommand(string name, string description, TimeProvider time)
    {
        Time = time;
        Command = new Command(name, description) { _json };
        Command.SetAction((arguments, stop) =>
        {
            var (output, error) = (arguments.InvocationConfiguration.Output, arguments.InvocationConfiguration.Error);
            var isInteractive = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && !Console.IsErrorRedirected;
            return RunAsync(arguments, new Terminal(output, error, arguments.GetValue(_json), isInteractive), stop);
        });
    }

    public Command Command { get; }

    protected TimeProvider Time { get; }

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    protected abstract Task<int> RunAsync(ParseResult arguments, Terminal terminal, CancellationToken stop);
}
