using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Processes;

/// <summary>A run that is a supervised process.</summary>
internal sealed class KeptProcess : IKeptRun
{
    private readonly SupervisedProcess _process;

    private KeptProcess(SupervisedProcess process)
    {
        _process = process;
        Exit = WaitAsync(process);
    }

    public SupervisedProcess Process => _process;

    public int ProcessId => _process.Id;

    public Task<ProcessExit> Exit { get; }

    /// <summary>What starts a process again and again. The options are read once, now.</summary>
    public static Func<CancellationToken, Task<IKeptRun>> Starter(string name, RestartingProcessOptions options, ILogger? logger, ProcessMetrics metrics)
    {
        var log = logger ?? NullLogger.Instance;
        var isLogged = options.LogOutput;
        var supervision = options.Supervision(name, logger, metrics);
        var startInfo = new ProcessStartInfo(options.FileName, options.Arguments)
        {
            WorkingDirectory = options.WorkingDirectory ?? "",
            RedirectStandardInput = true, // empty: it must not take what the application's own input has
            RedirectStandardOutput = isLogged,
            RedirectStandardError = isLogged,
        };
        foreach (var (variable, value) in options.Environment)
        {
            startInfo.Environment[variable] = value;
        }

        return async cancellationToken =>
        {
            var process = await SupervisedProcess.StartAsync(startInfo, supervision, cancellationToken).ConfigureAwait(false);
            if (isLogged)
            {
                process.OutputDataReceived += (_, line) => LogLine(log.OutputLine, name, line.Data);
                process.ErrorDataReceived += (_, line) => LogLine(log.ErrorLine, name, line.Data);
                process.BeginOutputReadLine();
                process.BeginErrorReadLine();
            }

            process.StandardInput.Close();
            return new KeptProcess(process);
        };
    }

    public Task<ProcessExit> EndAsync(CancellationToken hurry) => _process.StopAsync(hurry);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<ProcessExit> WaitAsync(SupervisedProcess process)
    {
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        return process.Exit ?? default;
    }

    private static void LogLine(Action<string, string> log, string name, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            log(name, line);
        }
    }
}
