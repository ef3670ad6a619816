using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>
/// A child process that is owned, with all its descendants: it ends when it is told to, when this object is disposed and when the application is gone,
/// however that goes. Members that <see cref="Process"/> has too mean the same here (docs/runtime/processes.md lists the differences). Safe for all threads.
/// </summary>
public sealed partial class SupervisedProcess : IDisposable, IAsyncDisposable
{
    /// <summary>Starts a process. Where <see cref="SupervisionOptions.Gate"/> is full, waits for a place for up to <see cref="ProcessGate.MaxWait"/>.</summary>
    /// <exception cref="Win32Exception">It could not be started; the code and its meaning are those of <c>Process.Start</c>.</exception>
    /// <exception cref="InvalidOperationException">The start information contradicts itself, has no file name, or asks for a shell.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="ProcessGateFullException">No place came free in time.</exception>
    /// <exception cref="SupervisorException">There is no supervisor: it could not be started, or does not answer.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux, or something is asked for that cannot be had there; the message says what to do.</exception>
    public static SupervisedProcess Start(ProcessStartInfo startInfo, SupervisionOptions? options = null) => throw new NotImplementedException();

    /// <summary>As <see cref="Start"/>, without blocking a thread while it waits for a place or for the supervisor.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was a place; nothing was started.</exception>
    public static Task<SupervisedProcess> StartAsync(ProcessStartInfo startInfo, SupervisionOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>
    /// Runs a process to its end. Its output is captured, whatever <paramref name="startInfo"/> says of redirection; where its input is redirected, it is empty.
    /// Any exit code is a result, not an error.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; the process has been stopped with all its descendants.</exception>
    public static Task<ProcessResult> RunAsync(ProcessStartInfo startInfo, SupervisionOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>The process id. Once it has exited, another process can get the same.</summary>
    public int Id => throw new NotImplementedException();

    /// <summary>What it was started with. Changes have no effect.</summary>
    public ProcessStartInfo StartInfo => throw new NotImplementedException();

    /// <summary>Whether the process has exited. Its descendants may still be on their way out.</summary>
    public bool HasExited => throw new NotImplementedException();

    /// <summary>The code that it gave, or 128 + the signal that ended it.</summary>
    /// <exception cref="InvalidOperationException">It has not exited.</exception>
    public int ExitCode => throw new NotImplementedException();

    /// <summary>How it ended, and what it used; null while it runs.</summary>
    public ProcessExit? Exit => throw new NotImplementedException();

    /// <summary>When its exit was noticed, in local time.</summary>
    /// <exception cref="InvalidOperationException">It has not exited.</exception>
    public DateTime ExitTime => throw new NotImplementedException();

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartTime => throw new NotImplementedException();

    /// <summary>The CPU time in user mode of the process and of those of its children that it waited for, so far or in all.</summary>
    public TimeSpan UserProcessorTime => throw new NotImplementedException();

    /// <summary>The CPU time in kernel mode of the process and of those of its children that it waited for, so far or in all.</summary>
    public TimeSpan PrivilegedProcessorTime => throw new NotImplementedException();

    /// <summary><see cref="UserProcessorTime"/> and <see cref="PrivilegedProcessorTime"/> together.</summary>
    public TimeSpan TotalProcessorTime => throw new NotImplementedException();

    /// <summary>Waits until the process has exited and its redirected output has reached its end, as <see cref="WaitForExitAsync"/> does, for this long at most.</summary>
    /// <returns>Whether it has exited. Where its output has not reached its end by then, the rest follows.</returns>
    public bool WaitForExit(TimeSpan timeout) => throw new NotImplementedException();

    /// <summary>As <see cref="WaitForExit(TimeSpan)"/>, in milliseconds; -1 waits without a limit.</summary>
    public bool WaitForExit(int milliseconds) => throw new NotImplementedException();

    /// <summary>
    /// Waits until the process has exited and its redirected output has reached its end, so that all lines have been handed over. A descendant that holds the
    /// output open does not hold this up for longer than it takes to end it.
    /// </summary>
    /// <param name="cancellationToken">A cancelled wait stops the process (<see cref="StopAsync"/>) before it throws. To give up the wait alone, use <c>WaitAsync</c> on the task.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the process has been stopped with all its descendants.</exception>
    public Task WaitForExitAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>SIGKILL, at once, to the process and all its descendants, or to the process alone; its descendants are then ended as after any exit. Does not wait.</summary>
    public void Kill(bool entireProcessTree = true) => throw new NotImplementedException();

    /// <summary>
    /// SIGTERM to the process and all its descendants, SIGKILL after <see cref="SupervisionOptions.StopGracePeriod"/> to what is left, until none is. Takes no longer
    /// than that and 10 s. May be called at any time, also twice at once.
    /// </summary>
    /// <param name="cancellationToken">Cuts the grace period short: SIGKILL follows at once.</param>
    /// <exception cref="TimeoutException">The process could not be ended: it is stuck in the kernel, or another user's.</exception>
    public Task<ProcessExit> StopAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>
    /// Asks the process and its descendants to end, and does not wait: the supervisor ends what is left after the grace period. After an exit with
    /// <see cref="SupervisionOptions.KeepDescendants"/>, those go on. Readers that were taken before can still be read to their end.
    /// </summary>
    public void Dispose() => throw new NotImplementedException();

    /// <summary>As <see cref="StopAsync"/>; never throws.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
