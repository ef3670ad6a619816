using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Many pipes read by one thread: epoll(7), one event at a time for each pipe, and read(2) that does not wait.</summary>
internal static unsafe partial class Libc
{
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_MOD = 3;
    private const uint EPOLLIN = 1;
    private const uint EPOLLONESHOT = 1u << 30;
    private const int F_SETFL = 4;
    private const int O_NONBLOCK = 0x800;

    // struct epoll_event is packed on x86-64, and there alone.
    private static readonly int PollEventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    public static SafeFileHandle OpenPoll() =>
        epoll_create1(EPOLL_CLOEXEC) is var fd and >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>Adds a pipe, whose reads wait no more from now on. Its first event comes; each further one has to be asked for (<see cref="PollAgain"/>).</summary>
    /// <exception cref="Win32Exception">The system has no memory, or no watches, left for it.</exception>
    public static void Poll(SafeFileHandle poll, SafePipeHandle pipe, ulong token)
    {
        if (fcntl(pipe, F_SETFL, O_NONBLOCK) != 0 || Control(poll, EPOLL_CTL_ADD, pipe, token) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public static void PollAgain(SafeFileHandle poll, SafePipeHandle pipe, ulong token) => _ = Control(poll, EPOLL_CTL_MOD, pipe, token); // fails for no pipe that was added

    /// <summary>Waits until a pipe has bytes, or has come to its end.</summary>
    /// <returns>For how many; their tokens are the first ones. 0 now and then.</returns>
    public static int WaitForPipes(SafeFileHandle poll, Span<ulong> tokens, TimeSpan timeout)
    {
        Span<byte> events = stackalloc byte[tokens.Length * PollEventBytes];
        fixed (byte* first = events)
        {
            var count = Math.Max(0, epoll_wait(poll, first, tokens.Length, (int)timeout.TotalMilliseconds)); // a signal is none
            for (var i = 0; i < count; i++)
            {
                tokens[i] = MemoryMarshal.Read<ulong>(events[(((i + 1) * PollEventBytes) - sizeof(ulong))..]);
            }

            return count;
        }
    }

    /// <summary>Takes what is in the pipe, without a wait.</summary>
    /// <returns>How many bytes; 0 at the end; negative when there is nothing now.</returns>
    public static int TryRead(SafePipeHandle pipe, Span<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            var count = (int)read(pipe, first, (nuint)bytes.Length);
            return count >= 0 || Marshal.GetLastPInvokeError() is EAGAIN or EINTR ? count : 0;
        }
    }

    private static int Control(SafeFileHandle poll, int operation, SafePipeHandle pipe, ulong token)
    {
        Span<byte> settings = stackalloc byte[PollEventBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(settings, EPOLLIN | EPOLLONESHOT);
        MemoryMarshal.Write(settings[(PollEventBytes - sizeof(ulong))..], token);
        fixed (byte* first = settings)
        {
            return epoll_ctl(poll, operation, pipe, first);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle poll, int operation, SafePipeHandle pipe, byte* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle poll, byte* events, int count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafePipeHandle pipe, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafePipeHandle pipe, byte* bytes, nuint count);
}
