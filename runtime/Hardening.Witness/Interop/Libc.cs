using System.Runtime.InteropServices;

namespace Hardening.Witness.Interop;

/// <summary>ptrace(2), wait4(2) and some more. Linux only.</summary>
internal static unsafe partial class Libc
{
    public const int EPERM = 1;
    public const int ESRCH = 3;

    private const int PTRACE_DETACH = 17;
    private const int PTRACE_SEIZE = 0x4206;
    private const int PTRACE_INTERRUPT = 0x4207;
    private const int WNOHANG = 1;
    private const int WALL = 0x40000000;
    private const int PR_SET_NAME = 15;
    private const int EINTR = 4;

    /// <summary>Becomes the tracer of a thread, which runs on.</summary>
    /// <returns>0, or the error number: EPERM where it is not permitted, ESRCH where there is no such thread.</returns>
    public static int Seize(int threadId) => ptrace(PTRACE_SEIZE, threadId, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Asks a seized thread to stop; it does when it next comes out of the kernel.</summary>
    public static void Interrupt(int threadId) => _ = ptrace(PTRACE_INTERRUPT, threadId, 0, 0); // one that has ended is noticed when it is waited for

    /// <summary>Lets a stopped thread go on.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="signal">What it was about to get when it stopped; 0: nothing.</param>
    public static void Detach(int threadId, int signal) => _ = ptrace(PTRACE_DETACH, threadId, 0, signal); // one that has ended needs none

    /// <summary>Looks whether a seized thread has stopped.</summary>
    public static TraceeState Look(int threadId, out int signal)
    {
        signal = 0;
        int status;
        int looked;
        do
        {
            looked = wait4(threadId, &status, WNOHANG | WALL, 0);
        }
        while (looked < 0 && Marshal.GetLastPInvokeError() == EINTR);

        if (looked == 0)
        {
            return TraceeState.Running;
        }

        if (looked < 0 || (status & 0xff) != 0x7f)
        {
            return TraceeState.Ended;
        }

        // The event of a stop that was asked for is in the upper bits; without one, the thread was about to get a signal.
        signal = status >> 16 == 0 ? (status >> 8) & 0xff : 0;
        return TraceeState.Stopped;
    }

    public static void Pause(TimeSpan time) => _ = poll(null, 0, (int)Math.Max(1, time.TotalMilliseconds));

    /// <summary>What ps and top call the process.</summary>
    public static void SetName(ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            _ = prctl(PR_SET_NAME, (nint)text, 0, 0, 0);
        }
    }

    /// <summary>Ends the process at once, whatever its threads do; the system lets go of what they hold.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void Exit(int code);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptrace(long request, int pid, nint address, nint data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, nint usage);

    [LibraryImport("libc")]
    private static partial int poll(void* descriptors, ulong count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);
}

internal enum TraceeState
{
    Running,
    Stopped,
    Ended,
}
