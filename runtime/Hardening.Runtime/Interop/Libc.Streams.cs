using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Pipes that two threads use and a third one interrupts: write(2) that does not wait, and eventfd(2).</summary>
internal static unsafe partial class Libc
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;

    /// <summary>Writes of no more bytes than this go into a pipe as a whole or not at all (PIPE_BUF, pipe(7)).</summary>
    public const int AtomicPipeBytes = 4096;

    /// <summary>A descriptor that is readable once it has been signalled (<see cref="SignalEvent"/>).</summary>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle OpenEvent() =>
        eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) is var fd and >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    public static void SignalEvent(SafeFileHandle signalled)
    {
        var one = 1L;
        _ = write(signalled, &one, sizeof(long)); // fails only for 2^64 signals
    }

    /// <summary>Reads from this end, or writes to it, wait no more; the other end is as it was.</summary>
    public static void NeverWait(SafePipeHandle pipe) => _ = fcntl(pipe, F_SETFL, O_NONBLOCK); // fails for no open descriptor

    /// <summary>Puts as much of both parts into the pipe as it takes, one behind the other, without a wait.</summary>
    /// <returns>How many bytes; 0 when it takes none now, negative when nobody will read them.</returns>
    public static int TryWrite(SafePipeHandle pipe, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        fixed (byte* first = one, second = other)
        {
            var parts = stackalloc IoVector[] { new() { Base = first, Length = (nuint)one.Length }, new() { Base = second, Length = (nuint)other.Length } };
            var count = (int)writev(pipe, parts, 2);
            return count >= 0 ? count : Marshal.GetLastPInvokeError() is EAGAIN or EINTR ? 0 : -1; // SIGPIPE is ignored in a .NET process
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc")]
    private static partial nint write(SafeFileHandle fd, void* bytes, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint writev(SafePipeHandle fd, IoVector* parts, int count);
}
