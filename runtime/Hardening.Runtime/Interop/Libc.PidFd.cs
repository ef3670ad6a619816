using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Handles on processes: a pid can come to mean another process while we hold it, a pidfd cannot (pidfd_open(2)).</summary>
internal static unsafe partial class Libc
{
    private const nint SYS_pidfd_send_signal = 424; // one number on all architectures from 5.0 on; glibc has functions for them only since 2.36
    private const nint SYS_pidfd_open = 434;

    /// <summary>A descriptor that becomes readable when the process ends.</summary>
    /// <returns>The descriptor, close-on-exec, the caller's to close; or −1 with the last P/Invoke error: ESRCH when there is no such process.</returns>
    public static int OpenPidFd(int processId) => (int)syscall(SYS_pidfd_open, processId, 0, 0, 0);

    /// <returns>Whether the process got it: not when it has ended, or belongs to another user.</returns>
    public static bool TrySignal(int pidfd, int signal) => syscall(SYS_pidfd_send_signal, pidfd, signal, 0, 0) == 0;

    /// <summary>Waits until one of the descriptors has something, or the time is over (−1: no limit).</summary>
    /// <returns>Whether one has.</returns>
    public static bool Poll(Span<PollEntry> entries, int milliseconds)
    {
        var until = Environment.TickCount64 + milliseconds;
        fixed (PollEntry* first = entries)
        {
            int happened;
            while ((happened = poll(first, (nuint)entries.Length, milliseconds)) < 0 && Marshal.GetLastPInvokeError() == EINTR) // as by each SIGCHLD
            {
                milliseconds = milliseconds < 0 ? milliseconds : (int)Math.Max(0, until - Environment.TickCount64);
            }

            return happened > 0;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint one, nint two, nint three, nint four);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeout);
}

/// <summary>One descriptor that poll(2) looks at. A negative descriptor is left out.</summary>
internal readonly struct PollEntry(int descriptor, short events = PollEntry.In)
{
    public const short In = 1;
    public const short Out = 4;

    public int Descriptor { get; } = descriptor;

    public short Events { get; } = events;

    /// <summary>What of it the system found, or that the other end is gone (POLLHUP, POLLERR); 0 when nothing.</summary>
    public short Happened { get; }
}
