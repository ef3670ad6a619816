using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Pipes for the streams of children, and what the system says of files and times: pipe2(2), faccessat(2), sysconf(3).</summary>
internal static unsafe partial class Libc
{
    private const int O_CLOEXEC = 0x80000;
    private const int AT_FDCWD = -100;
    private const int AT_EACCESS = 0x200;
    private const int X_OK = 1;
    private const int SC_CLK_TCK = 2;

    /// <summary>A pipe that no child inherits by itself.</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static (SafePipeHandle Read, SafePipeHandle Write) OpenPipe()
    {
        var ends = stackalloc int[2];
        return pipe2(ends, O_CLOEXEC) == 0
            ? (new SafePipeHandle(ends[0], ownsHandle: true), new SafePipeHandle(ends[1], ownsHandle: true))
            : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Whether this process may execute the file, by its effective user and groups.</summary>
    public static bool MayExecute(string path) => faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;

    /// <summary>In what part of a second /proc counts CPU time.</summary>
    public static long ClockTicksPerSecond { get; } = Math.Max(1, sysconf(SC_CLK_TCK));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int faccessat(int directory, string path, int mode, int flags);

    [LibraryImport("libc")]
    private static partial nint sysconf(int name);
}
