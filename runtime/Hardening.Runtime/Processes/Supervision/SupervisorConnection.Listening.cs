using System.ComponentModel;
using System.Globalization;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Processes.Supervision;

/// <content>What the supervisor tells, taken by a thread of its own.</content>
internal sealed partial class SupervisorConnection
{
    private void Listen()
    {
        Span<int> descriptors = stackalloc int[1];
        while (Libc.Receive(_launch.Line, out SupervisorMessage message, descriptors, out var count, wait: true) > 0)
        {
            Take(message, count > 0 ? new SafeFileHandle(descriptors[0], ownsHandle: true) : null);
        }

        _isLost = true;
        Interlocked.MemoryBarrier(); // a start that is not in the list yet sees it
        foreach (var (_, starting) in _starting)
        {
            starting.Fail(Gone());
        }

        var until = Environment.TickCount64 + Milliseconds(LostEndLimit);
        foreach (var (number, (tree, pidfd)) in _trees)
        {
            _ = Libc.Poll([new PollEntry((int)pidfd.DangerousGetHandle())], (int)Math.Max(0, until - Environment.TickCount64));
            End(number, tree, pidfd, new TreeEnd(0, 0, IsSupervisorLost: true));
        }

        _launch.Reap(ReapLimit);
        _launch.Line.Dispose();
        _launch.Dispose();
        _lost.SetResult();
    }

    private void Take(in SupervisorMessage message, SafeFileHandle? descriptor)
    {
        switch (message.Kind)
        {
            case MessageKind.Started when _starting.TryRemove(message.Tree, out var starting):
                Started(message, descriptor, starting);
                break;
            case MessageKind.NotStarted when _starting.TryRemove(message.Tree, out var starting):
                starting.Fail(new Win32Exception(message.Value));
                break;
            case MessageKind.Exited when _trees.TryGetValue(message.Tree, out var exited):
                exited.Tree.SetExited(new ProcessExit(message.Detail == 0 ? message.Value : 128 + message.Detail, message.Detail == 0 ? null : message.Detail)
                {
                    UserProcessorTime = TimeSpan.FromMicroseconds(message.UserTime),
                    PrivilegedProcessorTime = TimeSpan.FromMicroseconds(message.SystemTime),
                    PeakWorkingSetBytes = message.Memory,
                });
                break;
            case MessageKind.Ended when _trees.TryGetValue(message.Tree, out var ended):
                End(message.Tree, ended.Tree, ended.PidFd, new TreeEnd(message.Value, message.Detail, IsSupervisorLost: false));
                break;
            case MessageKind.Swept:
                _swept(message.Value, message.Detail);
                break;
            default:
                descriptor?.Dispose();
                break;
        }
    }

    private void Started(in SupervisorMessage message, SafeFileHandle? pidfd, Answer<ChildTree> starting)
    {
        var processId = message.Value;
        if (pidfd is null || (Containment == Containment.PidNamespace && !TryReadOwnNumber(pidfd, out processId)))
        {
            pidfd?.Dispose();
            Ask(message.Tree, TreeRequest.Stop, 0);
            starting.Fail(new Win32Exception(Libc.EMFILE)); // this process had no room for it
            return;
        }

        var tree = new ChildTree(message.Tree, processId, pidfd, Ask);
        _trees[message.Tree] = (tree, pidfd);
        starting.Set(tree);
    }

    private void End(uint number, ChildTree tree, SafeFileHandle pidfd, TreeEnd end)
    {
        _trees.TryRemove(number, out _);
        pidfd.Dispose();
        tree.SetEnded(end);
        _treeEnded(end);
    }

    // In its namespace it has another number: a pidfd tells ours (proc(5), fdinfo).
    private static bool TryReadOwnNumber(SafeFileHandle pidfd, out int number)
    {
        number = 0;
        try
        {
            foreach (var line in File.ReadLines($"/proc/self/fdinfo/{pidfd.DangerousGetHandle()}"))
            {
                if (line.StartsWith("Pid:", StringComparison.Ordinal))
                {
                    return int.TryParse(line.AsSpan("Pid:".Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
                }
            }

            return true;
        }
        catch (IOException)
        {
            return false; // no descriptor is left: on this thread it would end the application
        }
    }
}
