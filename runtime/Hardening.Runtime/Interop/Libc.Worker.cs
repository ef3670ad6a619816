using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>What a worker does with what it was started with: fcntl(2), dup2(2), unsetenv(3), _exit(2).</summary>
internal static unsafe partial class Libc
{
    private const int F_SETFD = 2;
    private const int FD_CLOEXEC = 1;
    private const int AboveStandardStreams = 10;

    /// <summary>Takes the standard input for this process alone: what reads it from now on, here or in a child, finds it empty.</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafePipeHandle TakeInput()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        using var none = File.OpenHandle("/dev/null");
        var taken = fcntl(input, F_DUPFD_CLOEXEC, AboveStandardStreams);
        return taken >= 0 && dup2(none, 0) >= 0 ? new SafePipeHandle(taken, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>No child of this process inherits the descriptor. Does nothing where there is none.</summary>
    public static void KeepFromChildren(int descriptor)
    {
        using var file = new SafeFileHandle(descriptor, ownsHandle: false);
        _ = fcntl(file, F_SETFD, FD_CLOEXEC);
    }

    /// <summary>Removes a variable from the environment that native code sees; .NET has a copy of its own.</summary>
    public static void RemoveVariable(string name) => _ = unsetenv(name);

    /// <summary>Ends the process here and now.</summary>
    public static void ExitNow(int code) => _exit(code);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(SafeFileHandle fd, int number);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unsetenv(string name);

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
