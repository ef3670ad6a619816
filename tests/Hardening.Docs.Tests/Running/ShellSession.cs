using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hardening.Processes;

namespace Hardening.Docs.Tests.Running;

/// <summary>One bash that runs blocks of commands one after the other, as somebody types them: directory, variables and background processes stay. Ends with all that it started.</summary>
internal sealed class ShellSession : IAsyncDisposable
{
    private const int MaxOutput = 1 << 20; // characters of a block
    private static readonly TimeSpan StopGracePeriod = TimeSpan.FromSeconds(1);

    private readonly string _mark = $"hardening-page-{Guid.NewGuid():N}";
    private readonly string _folder = Directory.CreateTempSubdirectory("page-commands-").FullName;
    private readonly SupervisedProcess _bash;
    private int _blocks;

    private ShellSession(string directory, IReadOnlyDictionary<string, string> environment)
    {
        WorkingDirectory = directory;
        var start = new ProcessStartInfo("bash", ["--noprofile", "--norc"]) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _bash = SupervisedProcess.Start(start, new SupervisionOptions { StopGracePeriod = StopGracePeriod });
    }

    /// <summary>The directory that the commands are in by now.</summary>
    public string WorkingDirectory { get; private set; }

    /// <summary>Starts the shell.</summary>
    /// <param name="directory">In which it begins.</param>
    /// <param name="environment">All of its variables.</param>
    public static async Task<ShellSession> StartAsync(string directory, IReadOnlyDictionary<string, string> environment)
    {
        var session = new ShellSession(directory, environment);
        // The trap writes first: the shell ends right after it.
        await session._bash.StandardInput.WriteAsync($"exec 2>&1\ntrap 'printf \"\\n%s failed %d %d\\n\" {session._mark} \"$?\" \"$LINENO\"' ERR\nset -euo pipefail\n");
        return session;
    }

    /// <summary>Runs a block to its end.</summary>
    /// <param name="commands">A command that fails ends the shell, unless <paramref name="mayFail"/>: then the last one's exit code is a result.</param>
    /// <param name="limit">After it, the shell is ended.</param>
    public async Task<ShellResult> RunAsync(string commands, bool mayFail, TimeSpan limit, CancellationToken stop)
    {
        var file = Path.Combine(_folder, $"{++_blocks}.sh");
        await File.WriteAllTextAsync(file, commands, stop);
        await _bash.StandardInput.WriteAsync($"hardening_page_exit=0; . '{file}' < /dev/null{(mayFail ? " || hardening_page_exit=$?" : "")}; printf '\\n%s done %d %s\\n' {_mark} \"$hardening_page_exit\" \"$PWD\"\n".AsMemory(), stop);
        await _bash.StandardInput.FlushAsync(stop);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(limit);
        var output = new StringBuilder();
        try
        {
            return await ReadAsync(output, late.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return await EndAsync(ShellEnd.Late, output, stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _bash.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<ShellResult> ReadAsync(StringBuilder output, CancellationToken stop)
    {
        int? failedLine = null;
        while (await _bash.StandardOutput.ReadLineAsync(stop) is { } line)
        {
            if (!line.StartsWith(_mark, StringComparison.Ordinal))
            {
                output.Append(line).Append('\n');
                if (output.Length > MaxOutput)
                {
                    return await EndAsync(ShellEnd.TooMuch, output, stop);
                }

                continue;
            }

            output.Length = Math.Max(output.Length - 1, 0); // the mark begins with a line end of its own
            var words = line.Split(' ', 4);
            if (words[1] == "done")
            {
                WorkingDirectory = words[3];
                return new ShellResult(ShellEnd.Done, int.Parse(words[2], CultureInfo.InvariantCulture), null, output.ToString());
            }

            failedLine = int.Parse(words[3], CultureInfo.InvariantCulture);
        }

        await _bash.WaitForExitAsync(stop);
        return new ShellResult(ShellEnd.Failed, _bash.ExitCode, failedLine, output.ToString());
    }

    private async Task<ShellResult> EndAsync(ShellEnd end, StringBuilder output, CancellationToken stop)
    {
        var exit = await _bash.StopAsync(stop);
        return new ShellResult(end, exit.ExitCode, null, output.ToString());
    }
}
