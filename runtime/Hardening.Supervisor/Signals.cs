using Hardening.Interop;

namespace Hardening.Supervisor;

/// <summary>Signals to processes that were found by their number, and never to another one that has got the number since.</summary>
internal static class Signals
{
    /// <summary>Sends to a process only if it still is a child of this parent, or of the supervisor, which adopts those whose parent has ended.</summary>
    /// <returns>Whether it got them.</returns>
    public static bool TrySend(int processId, int parentId, int signal, int another = 0)
    {
        var pidfd = Libc.OpenPidFd(processId);
        if (pidfd < 0)
        {
            return false;
        }

        // Looked at after the handle was taken: if it is the one that was found, then so is the handle's.
        var look = ProcessLook.At(processId);
        var sent = look.IsAlive && (look.ParentId == parentId || look.ParentId == Environment.ProcessId) && TrySend(pidfd, signal, another);
        _ = Libc.close(pidfd);
        return sent;
    }

    /// <summary>Sends to a process only if it carries the brand of this supervisor.</summary>
    public static bool TrySendToBranded(int processId, ulong supervisor, int signal, int another = 0)
    {
        var pidfd = Libc.OpenPidFd(processId);
        if (pidfd < 0)
        {
            return false;
        }

        var sent = Brand.Read(processId) is { IsSet: true } brand && brand.Supervisor == supervisor && TrySend(pidfd, signal, another);
        _ = Libc.close(pidfd);
        return sent;
    }

    private static bool TrySend(int pidfd, int signal, int another) => Libc.TrySignal(pidfd, signal) && (another == 0 || Libc.TrySignal(pidfd, another));
}
