using System.ComponentModel;
using System.Diagnostics;
using Hardening.Processes.Supervision;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes;

/// <summary>
/// A child process that is owned, with all its descendants: it ends when it is told to, when this object is disposed and when the application is gone,
/// however that goes. Members that <see cref="Process"/> has too mean the same here (docs/runtime/processes.md lists the differences). Safe for all threads.
/// </summary>
public sealed partial class SupervisedProcess : IDisposable, IAsyncDisposable
{
    private readonly ProcessLaunch _launch;
    private readonly SupervisionOptions _options;
    private readonly ILogger _logger;
    private readonly ChildTree _tree;
    private readonly DateTime _startTime;
    private readonly Task _finished;
    private int _isDisposed;

    internal SupervisedProcess(ProcessLaunch launch, ChildTree tree, SafePipeHandle? input, SafePipeHandle? output, SafePipeHandle? error)
    {
        (_launch, _options, _tree) = (launch, launch.Options, tree);
        _logger = _options.Logger ?? NullLogger.Instance;
        _startTime = _options.Time.GetLocalNow().DateTime;
        _startTimestamp = _options.Time.GetTimestamp();
        _logger.ChildStarted(Name, tree.ProcessId, launch.FilePath);
        _input = input is null ? null : OpenInput(input, StartInfo.StandardInputEncoding);
        _output = output is null ? null : Redirect("output", output, StartInfo.StandardOutputEncoding, line => RaiseLine(OutputDataReceived, nameof(OutputDataReceived), line));
        _error = error is null ? null : Redirect("error", error, StartInfo.StandardErrorEncoding, line => RaiseLine(ErrorDataReceived, nameof(ErrorDataReceived), line));
        _exited = NoteExitAsync();
        _ended = NoteEndAsync();
        _finished = FinishAsync();
    }

    /// <summary>Starts a process. Where <see cref="SupervisionOptions.Gate"/> is full, waits for a place for up to <see cref="ProcessGate.MaxWait"/>.</summary>
    /// <exception cref="Win32Exception">It could not be started; the code and its meaning are those of <c>Process.Start</c>.</exception>
    /// <exception cref="InvalidOperationException">The start information contradicts itself, has no file name, or asks for a shell.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="ProcessGateFullException">No place came free in time.</exception>
    /// <exception cref="SupervisorException">There is no supervisor: it could not be started, or does not answer.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, or something is asked for that cannot be had there; the message says what to do.</exception>
    public static SupervisedProcess Start(ProcessStartInfo startInfo, SupervisionOptions? options = null) => new ProcessLaunch(startInfo, options).Start();

    /// <summary>As <see cref="Start"/>, without blocking a thread while it waits for a place or for the supervisor.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was a place; nothing was started.</exception>
    public static Task<SupervisedProcess> StartAsync(ProcessStartInfo startInfo, SupervisionOptions? options = null, CancellationToken cancellationToken = default) =>
        new ProcessLaunch(startInfo, options).StartAsync(cancellationToken);

    /// <summary>
    /// Runs a process to its end. Its output is captured, whatever <paramref name="startInfo"/> says of redirection; where its input is redirected, it is empty.
    /// Any exit code is a result, not an error.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; the process has been stopped with all its descendants.</exception>
    public static Task<ProcessResult> RunAsync(ProcessStartInfo startInfo, SupervisionOptions? options = null, CancellationToken cancellationToken = default) =>
        RunToEndAsync(new ProcessLaunch(startInfo, options, captures: true), cancellationToken);

    /// <summary>The process id. Once it has exited, another process can get the same.</summary>
    public int Id => _tree.ProcessId;

    /// <summary>What it was started with. Changes have no effect.</summary>
    public ProcessStartInfo StartInfo => _launch.StartInfo;

    /// <summary>Whether the process has exited. Its descendants may still be on their way out.</summary>
    public bool HasExited => _tree.Exit.IsCompleted;

    /// <summary>The code that it gave, or 128 + the signal that ended it.</summary>
    /// <exception cref="InvalidOperationException">It has not exited.</exception>
    public int ExitCode => Exit?.ExitCode ?? throw NotExited(nameof(ExitCode));

    /// <summary>How it ended, and what it used; null while it runs.</summary>
    public ProcessExit? Exit => _tree.Exit is { IsCompleted: true } exit ? exit.Result : null;

    /// <summary>When its exit was noticed, in local time.</summary>
    /// <exception cref="InvalidOperationException">It has not exited.</exception>
    public DateTime ExitTime => HasExited ? NoteExitTime() : throw NotExited(nameof(ExitTime));

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartTime => _startTime;

    /// <summary>The CPU time in user mode of the process and of those of its children that it waited for, so far or in all.</summary>
    public TimeSpan UserProcessorTime => Times().User;

    /// <summary>The CPU time in kernel mode of the process and of those of its children that it waited for, so far or in all.</summary>
    public TimeSpan PrivilegedProcessorTime => Times().Privileged;

    /// <summary><see cref="UserProcessorTime"/> and <see cref="PrivilegedProcessorTime"/> together.</summary>
    public TimeSpan TotalProcessorTime => Times() is var times ? times.User + times.Privileged : default;

    private string Name => _launch.Name;

    private static async Task<ProcessResult> RunToEndAsync(ProcessLaunch launch, CancellationToken cancellationToken)
    {
        var time = launch.Options.Time;
        var process = await launch.StartAsync(cancellationToken).ConfigureAwait(false);
        await using (process.ConfigureAwait(false))
        {
            var begin = time.GetTimestamp();
            process._input?.Close();
            process.NoteNoMoreReaders();
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ProcessResult(process.Exit!.Value, process._output!.TakeText(), process._error!.TakeText())
            {
                OutputCutBytes = process.OutputCutBytes,
                ErrorCutBytes = process.ErrorCutBytes,
                Duration = time.GetElapsedTime(begin),
            };
        }
    }

    private InvalidOperationException NotExited(string member) => new($"{member} of '{Name}' is not known yet: process {Id} has not exited. Wait for its exit first.");

    private ProcessorTimes Times()
    {
        // Read first, then checked: once it has exited, the id can be another's.
        var running = HasExited ? null : ProcessorTimes.Of(Id);
        return Exit is { } exit ? new ProcessorTimes(exit.UserProcessorTime, exit.PrivilegedProcessorTime) : running ?? default;
    }
}
