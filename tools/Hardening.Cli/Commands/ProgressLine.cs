using Hardening.Cli.Scanning;
using Spectre.Console;

namespace Hardening.Cli.Commands;

/// <summary>What is going on: one line that changes where a person looks on, a line each otherwise.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    public Task<T> RunAsync<T>(Func<Action<string>, Task<T>> work) => terminal.IsInteractive
        ? terminal.Error.Status().StartAsync("starting", status => work(line => status.Status(Markup.Escape(PlainText.Line(line)))))
        : work(line => terminal.Report(PlainText.Line(line)));
}
