using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Processes;

/// <summary>A run that is a supervised process.</summary>
internal sealed class KeptProcess : IKeptRun
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan KillMargin = TimeSpan.FromSeconds(10);

    private readonly SupervisedProcess _process;
    private readonly ProcessIdentity? _identity;
    private readonly TimeSpan _gracePeriod;
    private readonly TimeProvider _time;

    private KeptProcess(SupervisedProcess process, TimeSpan gracePeriod, TimeProvider time)
    {
        (_process, _gracePeriod, _time) = (process, gracePeriod, time);
        _identity = ProcessIdentity.Of(process.Id);
        Exit = WaitAsync(process);
    }

    public SupervisedProcess Process => _process;

    public int ProcessId => _process.Id;

    public Task<ProcessExit> Exit { get; }

    /// <summary>What starts a process again and again. The options are read once, now.</summary>
    public static Func<CancellationToken, Task<IKeptRun>> Starter(string name, RestartingProcessOptions options, TimeProvider time, ILogger? logger, ProcessMetrics metrics)
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
            try
            {
                if (isLogged)
                {
                    process.OutputDataReceived += (_, line) => LogLine(log.OutputLine, name, line.Data);
                    process.ErrorDataReceived += (_, line) => LogLine(log.ErrorLine, name, line.Data);
                    process.BeginOutputReadLine();
                    process.BeginErrorReadLine();
                }

                process.StandardInput.Close();
                return new KeptProcess(process, supervision.StopGracePeriod, time);
            }
            catch
            {
                await process.DisposeAsync().ConfigureAwait(false); // nobody else has it
                throw;
            }
        };
    }

    public async Task<ProcessExit> EndAsync(CancellationToken hurry)
    {
        var exit = await _process.StopAsync(hurry).ConfigureAwait(false);
        if (exit.IsSupervisorLost)
        {
            await GoneAsync(hurry).ConfigureAwait(false);
        }

        return exit;
    }

    public ValueTask DisposeAsync()
    {
        _process.Dispose(); // it was waited for
        return ValueTask.CompletedTask;
    }

    // The guard of a lost supervisor ends its processes, and nobody tells of that. It gives all of them the longest grace period of any: ours may be over before.
    private async Task GoneAsync(CancellationToken hurry)
    {
        var begun = _time.GetTimestamp();
        while (_identity is { IsAlive: true } process)
        {
            var waited = _time.GetElapsedTime(begun);
            if (waited >= _gracePeriod || hurry.IsCancellationRequested)
            {
                process.Kill();
            }

            if (waited >= _gracePeriod + KillMargin)
            {
                throw new TimeoutException($"Process {process.Id} outlives its supervisor, which was killed, and cannot be ended: it is stuck in the kernel, or another user's.");
            }

            await Task.Delay(LookEvery, _time, CancellationToken.None).ConfigureAwait(false);
        }
    }

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
