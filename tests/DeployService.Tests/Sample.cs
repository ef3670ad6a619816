using System.Diagnostics;
using Hardening.Processes;

namespace DeployService.Tests;

/// <summary>The program as people run it: a process of its own. What it leaves behind stays until the end of the test, to be found.</summary>
internal sealed class Sample : IAsyncDisposable
{
    private readonly SupervisedProcess _process;
    private readonly List<string> _lines = [];

    private Sample(SupervisedProcess process) => _process = process;

    /// <summary>The lines of its output that were read so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts it.</summary>
    /// <param name="directory">Where it works, and all that it starts.</param>
    /// <param name="environment">A variable that it gets.</param>
    /// <param name="timeout">The time limit of the test.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<Sample> StartAsync(string directory, (string Name, string Value)? environment, CancellationToken timeout, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "DeployService.dll"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (environment is var (name, value))
        {
            start.Environment[name] = value;
        }

        return new Sample(await SupervisedProcess.StartAsync(start, new SupervisionOptions { KeepDescendants = true }, timeout));
    }

    /// <summary>Reads its output up to the line that has this text, and returns it.</summary>
    public async Task<string> ReadToAsync(string text, CancellationToken timeout)
    {
        while (await _process.StandardOutput.ReadLineAsync(timeout) is { } line)
        {
            _lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new IOException($"It ended before it said '{text}': {Output} {await _process.StandardError.ReadToEndAsync(timeout)}");
    }

    /// <summary>Sends it a signal, and to nothing that it has started.</summary>
    public void Signal(string name) => Signals.Send(name, [_process.Id]);

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code, the rest of its output, and its errors.</returns>
    public async Task<(int ExitCode, string Output, string Error)> WaitForEndAsync(CancellationToken timeout)
    {
        var output = _process.StandardOutput.ReadToEndAsync(timeout);
        var error = _process.StandardError.ReadToEndAsync(timeout);
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(timeout);
        return (_process.ExitCode, await output, await error);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
