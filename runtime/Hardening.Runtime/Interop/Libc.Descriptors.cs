using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Descriptors for other processes: memfd_create(2), fcntl(2), and waitpid(2) for a child that .NET does not know.</summary>
internal static unsafe partial class Libc
{
    private const int F_DUPFD_CLOEXEC = 1030;
    private const int WNOHANG = 1;

    /// <summary>An empty file in memory.</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle CreateMemoryFile(string name) =>
        memfd_create(name, MFD_CLOEXEC) is var fd and >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>A duplicate with a number not below <paramref name="atLeast"/>.</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle Duplicate(SafeFileHandle file, int atLeast) =>
        fcntl(file, F_DUPFD_CLOEXEC, atLeast) is var fd and >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>Reaps one child by its number, which is safe beside <c>Process</c>: that knows its own children alone. Never waits.</summary>
    public static void ReapIfEnded(int processId) => _ = waitpid(processId, null, WNOHANG);

    /// <summary>Ends a child that has not been reaped, so that its number is still its own. SIGKILL ends what has just been started at once.</summary>
    public static void KillAndReap(int processId)
    {
        _ = kill(processId, 9);
        _ = waitpid(processId, null, 0);
    }

    /// <summary>Takes all signals of an event (<see cref="SignalEvent"/>), so that it is not readable any more. Never waits.</summary>
    public static void TakeEvent(SafeFileHandle signalled)
    {
        var count = 0L;
        _ = read(signalled, &count, sizeof(long)); // fails where there was none
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, void* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle fd, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);
}
