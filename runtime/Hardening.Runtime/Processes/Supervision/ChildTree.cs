using System.ComponentModel;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes.Supervision;

/// <summary>One started child with all its descendants, as the supervisor tells of it. Safe for all threads; nothing here blocks for long.</summary>
internal sealed class ChildTree
{
    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TreeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<uint, TreeRequest, int> _ask;
    private readonly SafeFileHandle _pidfd; // the connection's

    internal ChildTree(uint number, int processId, SafeFileHandle pidfd, Action<uint, TreeRequest, int> ask)
    {
        Number = number;
        ProcessId = processId;
        _pidfd = pidfd;
        _ask = ask;
    }

    /// <summary>What the application and the supervisor call it; never used twice.</summary>
    public uint Number { get; }

    /// <summary>The root's process id, as the application sees it.</summary>
    public int ProcessId { get; }

    /// <summary>The root has exited and is reaped. Never faults; completes also when the supervisor is lost.</summary>
    public Task<ProcessExit> Exit => _exit.Task;

    /// <summary>No process of the tree is left, or what is left cannot be ended. After <see cref="Exit"/>; never faults.</summary>
    public Task<TreeEnd> Ended => _ended.Task;

    /// <summary>A descriptor of the caller's own that becomes readable when the root ends.</summary>
    /// <returns>Null when the tree has ended already.</returns>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public SafeFileHandle? OpenPidFd()
    {
        try
        {
            return Libc.Duplicate(_pidfd, atLeast: 0);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>SIGTERM and SIGCONT to the whole tree now, SIGKILL after the grace period. A later call can only shorten the grace period.</summary>
    public void Stop(TimeSpan gracePeriod) => _ask(Number, TreeRequest.Stop, (int)Math.Clamp(gracePeriod.TotalMilliseconds, 0, int.MaxValue));

    /// <summary>SIGKILL to the whole tree, until none is left.</summary>
    public void Kill() => _ask(Number, TreeRequest.Stop, 0);

    /// <summary>SIGKILL to the root alone; what it leaves is then ended as after any exit.</summary>
    public void KillRoot() => _ask(Number, TreeRequest.SignalRoot, 9);

    internal void SetExited(ProcessExit exit) => _exit.TrySetResult(exit);

    internal void SetEnded(TreeEnd end)
    {
        _exit.TrySetResult(new ProcessExit(128 + 9, 9) { IsSupervisorLost = true }); // not set yet only when the supervisor is lost
        _ended.TrySetResult(end);
    }
}

/// <summary>How a tree ended.</summary>
/// <param name="Killed">How many of its processes needed SIGKILL.</param>
/// <param name="Left">How many could not be ended: not permitted (another user's), or stuck in the kernel.</param>
/// <param name="IsSupervisorLost">The supervisor died first; its guard ends the tree.</param>
internal readonly record struct TreeEnd(int Killed, int Left, bool IsSupervisorLost);

internal enum TreeRequest
{
    Stop,
    SignalRoot,
}
