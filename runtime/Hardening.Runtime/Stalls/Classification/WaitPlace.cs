using System.Runtime.InteropServices;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Classification;

/// <summary>What kind of place in the kernel a thread waits at.</summary>
internal enum WaitPlace
{
    /// <summary>It was not looked at.</summary>
    Unknown,

    /// <summary>A lock, an event, or a sleep of .NET: all are futexes.</summary>
    Futex,

    /// <summary>A sleep of native code.</summary>
    Sleep,

    /// <summary>The map of the process's memory.</summary>
    Memory,

    /// <summary>A device: uninterruptible.</summary>
    Device,

    /// <summary>Any other system call.</summary>
    SystemCall,
}

/// <summary>Reads wait channels and numbers of system calls.</summary>
internal static class WaitPlaces
{
    // Functions of the kernel that wait for the map of a process's memory; parts of names, for they differ by version.
    private static readonly string[] s_memory = ["munmap", "mmap", "vma", "madvise", "mprotect", "mremap", "page_fault", "user_addr_fault", "do_brk", "__do_sys_brk", "mm_populate"];

    // Names of system calls that block, by architecture.
    private static readonly Dictionary<int, string> s_calls = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64() : X64();

    private static readonly HashSet<string> s_memoryCalls = ["mmap", "munmap", "mprotect", "madvise", "mremap", "brk"];

    public static WaitPlace Of(ThreadSample row, StallWindow window)
    {
        var channel = Channel(row, window);
        var call = Call(row);
        if (row.State == 'D')
        {
            return IsMemory(channel) || (call is not null && s_memoryCalls.Contains(call)) ? WaitPlace.Memory : channel.Length > 0 || call is not null ? WaitPlace.Device : WaitPlace.Unknown;
        }

        if (row.State == 'R')
        {
            return WaitPlace.Unknown;
        }

        if (call == "futex" || channel.Contains("futex", StringComparison.Ordinal))
        {
            return WaitPlace.Futex;
        }

        if (call is "nanosleep" or "clock_nanosleep" || channel.Contains("nanosleep", StringComparison.Ordinal))
        {
            return WaitPlace.Sleep;
        }

        return IsMemory(channel) ? WaitPlace.Memory : row.SystemCall > 0 || channel.Length > 0 ? WaitPlace.SystemCall : WaitPlace.Unknown;
    }

    public static bool IsFutex(ThreadSample row) => row.State is not 'R' && Call(row) == "futex" && row.Argument != 0;

    public static bool IsStartingProcess(ThreadSample row) => Call(row) is "clone" or "fork" or "vfork" or "clone3";

    public static bool IsWaitingForProcess(ThreadSample row) => Call(row) is "wait4" or "waitid";

    /// <summary>The wait channel's name; empty when there is none.</summary>
    public static string Channel(ThreadSample row, StallWindow window) =>
        row.WaitChannel > 0 && row.WaitChannel <= window.WaitChannels.Count ? window.WaitChannels[row.WaitChannel - 1] ?? "" : "";

    /// <summary>The name of the system call, or its number; null when it is in none.</summary>
    public static string? Call(ThreadSample row) =>
        row.SystemCall <= 0 ? null : s_calls.TryGetValue(row.SystemCall - 1, out var name) ? name : $"system call {row.SystemCall - 1}";

    /// <summary>Such as <c>write (anon_pipe_write)</c>.</summary>
    public static string Describe(ThreadSample row, StallWindow window) => (Call(row), Channel(row, window)) switch
    {
        (null, "") => "",
        (null, var channel) => channel,
        (var call, "") => call,
        var (call, channel) => $"{call} ({channel})",
    };

    private static bool IsMemory(string channel) => channel.Length > 0 && s_memory.Any(part => channel.Contains(part, StringComparison.Ordinal));

    private static Dictionary<int, string> X64() => new()
    {
        [0] = "read", [1] = "write", [3] = "close", [7] = "poll", [9] = "mmap", [10] = "mprotect", [11] = "munmap", [12] = "brk", [16] = "ioctl", [17] = "pread64", [18] = "pwrite64", [19] = "readv",
        [20] = "writev", [23] = "select", [25] = "mremap", [28] = "madvise", [35] = "nanosleep", [42] = "connect", [43] = "accept", [44] = "sendto", [45] = "recvfrom", [46] = "sendmsg",
        [47] = "recvmsg", [56] = "clone", [57] = "fork", [58] = "vfork", [61] = "wait4", [72] = "fcntl", [73] = "flock", [74] = "fsync", [75] = "fdatasync", [82] = "rename", [87] = "unlink", [202] = "futex", [230] = "clock_nanosleep",
        [232] = "epoll_wait", [247] = "waitid", [257] = "openat", [270] = "pselect6", [271] = "ppoll", [281] = "epoll_pwait", [285] = "fallocate", [288] = "accept4", [435] = "clone3",
    };

    private static Dictionary<int, string> Arm64() => new()
    {
        [22] = "epoll_pwait", [25] = "fcntl", [29] = "ioctl", [32] = "flock", [47] = "fallocate", [56] = "openat", [57] = "close", [63] = "read", [64] = "write", [65] = "readv", [66] = "writev",
        [67] = "pread64", [68] = "pwrite64", [72] = "pselect6", [73] = "ppoll", [82] = "fsync", [83] = "fdatasync", [95] = "waitid", [98] = "futex", [101] = "nanosleep", [115] = "clock_nanosleep",
        [202] = "accept", [203] = "connect", [206] = "sendto", [207] = "recvfrom", [211] = "sendmsg", [212] = "recvmsg", [214] = "brk", [215] = "munmap", [216] = "mremap", [220] = "clone", [222] = "mmap",
        [226] = "mprotect", [233] = "madvise", [242] = "accept4", [260] = "wait4", [435] = "clone3",
    };
}
