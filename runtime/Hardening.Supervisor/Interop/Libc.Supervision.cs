using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>What the supervisor alone needs of the system: prctl(2), waitid(2), wait4(2), prlimit(2), eventfd(2), signal(2).</summary>
internal static unsafe partial class Libc
{
    public const int SIGHUP = 1;
    public const int SIGINT = 2;
    public const int SIGQUIT = 3;
    public const int SIGKILL = 9;
    public const int SIGUSR1 = 10;
    public const int SIGUSR2 = 12;
    public const int SIGPIPE = 13;
    public const int SIGALRM = 14;
    public const int SIGTERM = 15;
    public const int SIGCONT = 18;
    public const int SIGSTOP = 19;
    public const int SIGTSTP = 20;
    public const int SIGTTIN = 21;
    public const int SIGTTOU = 22;

    public const int ESRCH = 3;

    public const int RLIMIT_CPU = 0;
    public const int RLIMIT_NOFILE = 7;
    public const int RLIMIT_AS = 9;
    public const int RLIMIT_LOCKS = 10;

    private const int PR_SET_NAME = 15;
    private const int PR_SET_CHILD_SUBREAPER = 36;
    private const int P_ALL = 0;
    private const int WNOHANG = 1;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x1000000;
    private const int EFD_CLOEXEC = 0x80000; // O_CLOEXEC too
    private const int EFD_NONBLOCK = 0x800;
    private const int ECHILD = 10;
    private const nint SIG_IGN = 1;

    public static void BecomeSubreaper()
    {
        if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"The system refuses a child subreaper (prctl: {Marshal.GetLastPInvokeErrorMessage()}).");
        }
    }

    /// <summary>What ps and top show; at most 15 bytes.</summary>
    public static void SetName(ReadOnlySpan<byte> name)
    {
        fixed (byte* text = name)
        {
            _ = prctl(PR_SET_NAME, (nint)text, 0, 0, 0);
        }
    }

    public static void Ignore(int signalNumber) => _ = signal(signalNumber, SIG_IGN);

    /// <summary>Blocks until some child has ended, and leaves it to be reaped.</summary>
    /// <returns>False where there is no child at all.</returns>
    public static bool WaitForEndOfAny()
    {
        var info = stackalloc byte[128];
        while (waitid(P_ALL, 0, info, WEXITED | WNOWAIT) != 0)
        {
            if (Marshal.GetLastPInvokeError() == ECHILD)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reaps one child that has ended.</summary>
    /// <returns>Its pid; 0 or less when none has.</returns>
    public static int Reap(out int status, out ResourceUsage usage)
    {
        fixed (int* statusAt = &status)
        fixed (ResourceUsage* usageAt = &usage)
        {
            return wait4(-1, statusAt, WNOHANG, usageAt);
        }
    }

    /// <summary>Reaps this child if it has ended.</summary>
    public static bool TryReap(int processId)
    {
        int status;
        ResourceUsage usage;
        return wait4(processId, &status, WNOHANG, &usage) == processId;
    }

    /// <returns>Whether the process has the limit now.</returns>
    public static bool TrySetLimit(int processId, int resource, ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[2] { soft, hard };
        return prlimit(processId, resource, limit, null) == 0;
    }

    /// <summary>A limit may be lowered by anyone and raised by root alone: what is asked for above the hard limit is the hard limit.</summary>
    public static bool TryLowerLimit(int processId, int resource, ulong soft, ulong hard)
    {
        var old = stackalloc ulong[2];
        return prlimit(processId, resource, null, old) == 0 && TrySetLimit(processId, resource, Math.Min(soft, old[1]), Math.Min(hard, old[1]));
    }

    /// <summary>A counter that can be polled; reading it takes all of it.</summary>
    public static int CreateEvent(bool blocking) => eventfd(0, EFD_CLOEXEC | (blocking ? 0 : EFD_NONBLOCK)) is var descriptor and >= 0
        ? descriptor
        : throw new InvalidOperationException($"The system gives no event (eventfd: {Marshal.GetLastPInvokeErrorMessage()}).");

    public static void Set(int eventDescriptor)
    {
        ulong one = 1;
        _ = write(eventDescriptor, &one, sizeof(ulong));
    }

    public static void Take(int eventDescriptor)
    {
        ulong count;
        _ = read(eventDescriptor, &count, sizeof(ulong));
    }

    /// <summary>A pipe that no child inherits.</summary>
    public static bool TryOpenPipe(out int read, out int write)
    {
        var pair = stackalloc int[2];
        var succeeded = pipe2(pair, EFD_CLOEXEC) == 0;
        (read, write) = (pair[0], pair[1]);
        return succeeded;
    }

    /// <summary>Ends the process here and now.</summary>
    public static void Exit(int code) => _exit(code);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint two, nint three, nint four, nint five);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int id, byte* info, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, ResourceUsage* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prlimit(int pid, int resource, ulong* limit, ulong* old);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* pair, int flags);

    [LibraryImport("libc")]
    private static partial void _exit(int code);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}

/// <summary>struct rusage of getrusage(2).</summary>
internal unsafe struct ResourceUsage
{
    public long UserSeconds;
    public long UserMicroseconds;
    public long SystemSeconds;
    public long SystemMicroseconds;
    public long PeakKilobytes;
    private fixed long _rest[13];
}
