using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.Cli.Watching;

/// <summary>A program that is started to be watched: with the streams of this one, and ended with it.</summary>
internal sealed class WatchedCommand : IAsyncDisposable
{
    private readonly SupervisedProcess _process;

    private WatchedCommand(SupervisedProcess process) => _process = process;

    public int Id => _process.Id;

    /// <exception cref="CommandFailedException">It cannot be started.</exception>
    public static async Task<WatchedCommand> StartAsync(IReadOnlyList<string> command, CancellationToken stop)
    {
        try
        {
            return new WatchedCommand(await SupervisedProcess.StartAsync(new ProcessStartInfo(command[0], command.Skip(1)), new SupervisionOptions { Name = "watched" }, stop).ConfigureAwait(false));
        }
        catch (Exception e) when (e is Win32Exception or IOException or PlatformNotSupportedException)
        {
            throw new CommandFailedException($"'{TargetFinder.Plain(command[0])}' cannot be started: {e.Message}");
        }
    }

    /// <summary>How it ended; it is stopped if it runs.</summary>
    public async Task<ProcessExit> EndAsync() => await _process.StopAsync(CancellationToken.None).ConfigureAwait(false);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
