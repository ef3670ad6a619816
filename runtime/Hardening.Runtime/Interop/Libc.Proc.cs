using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Files that are opened once and read many times, with no memory of .NET: openat(2), pread(2), getdents64(2); and what a process may open, has as children, and has slept through.</summary>
internal static unsafe partial class Libc
{
    public const int ENOENT = 2;
    public const int ESRCH = 3;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int ENFILE = 23;

    private const int ECHILD = 10;
    private const int RLIMIT_NOFILE = 7;
    private const int CLOCK_BOOTTIME = 7;
    private const int WEXITED = 4;
    private const int WNOWAIT = 0x0100_0000;
    private const int WALL = 0x4000_0000;
    private const int SiginfoBytes = 128;
    private const int EntryNameOffset = 19; // struct linux_dirent64
    private const int EntryLengthOffset = 16;
    private const int SuspendedTries = 8;
    private const long SuspendedPrecision = 20_000; // ns between the first and the last of three looks at two clocks

    private static readonly nint GetEntriesNumber = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    /// <summary>Opens a file or a directory for reading.</summary>
    /// <param name="directory">The path is relative to it; <see cref="NoDirectory"/>: to none.</param>
    /// <param name="path">UTF-8, with a 0 at its end.</param>
    /// <returns>The descriptor, close-on-exec, the caller's to close; or the error number, negative.</returns>
    public static int OpenAt(int directory, ReadOnlySpan<byte> path)
    {
        fixed (byte* first = path)
        {
            return openat(directory, first, O_CLOEXEC) is var descriptor and >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>What <see cref="OpenAt"/> takes for absolute paths.</summary>
    public const int NoDirectory = AT_FDCWD;

    /// <summary>Reads from a position in a file.</summary>
    /// <returns>How many bytes; 0 at the end; or the error number, negative: ESRCH when the file tells of a thread or a process that has ended.</returns>
    public static int ReadAt(int descriptor, Span<byte> bytes, long offset)
    {
        fixed (byte* first = bytes)
        {
            return pread(descriptor, first, (nuint)bytes.Length, offset) is var count and >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Begins a listing of a directory anew.</summary>
    public static void Rewind(int directory) => _ = lseek(directory, 0, 0);

    /// <summary>The next entries of a directory, as they are (<see cref="TakeEntry"/>).</summary>
    /// <returns>How many bytes; 0 at the end, negative when it is gone.</returns>
    public static int ReadEntries(int directory, Span<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return (int)syscall(GetEntriesNumber, directory, (nint)first, bytes.Length, 0);
        }
    }

    /// <summary>Takes the first entry's name off what <see cref="ReadEntries"/> gave.</summary>
    public static ReadOnlySpan<byte> TakeEntry(ref ReadOnlySpan<byte> entries)
    {
        var length = MemoryMarshal.Read<ushort>(entries[EntryLengthOffset..]);
        var name = entries[EntryNameOffset..length];
        entries = entries[length..];
        return name[..name.IndexOf((byte)0)];
    }

    /// <summary>How many descriptors this process may have at once (RLIMIT_NOFILE).</summary>
    public static long DescriptorLimit
    {
        get
        {
            var limits = stackalloc ulong[2];
            return getrlimit(RLIMIT_NOFILE, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : 0;
        }
    }

    /// <summary>Whether any thread of this process has a child, ended ones that were not waited for included.</summary>
    public static bool HasChildren
    {
        get
        {
            var information = stackalloc byte[SiginfoBytes];
            return waitid(0, 0, information, WEXITED | WNOHANG | WNOWAIT | WALL) == 0 || Marshal.GetLastPInvokeError() != ECHILD;
        }
    }

    /// <summary>ns that the machine was suspended since it started: what CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC. Null when the thread was interrupted at every try.</summary>
    public static long? Suspended
    {
        get
        {
            TimeSpecification boot;
            for (var i = 0; i < SuspendedTries; i++)
            {
                var before = Nanoseconds;
                _ = clock_gettime(CLOCK_BOOTTIME, &boot);
                var after = Nanoseconds;
                if (after - before <= SuspendedPrecision)
                {
                    return (boot.Seconds * NanosecondsPerSecond) + boot.Nanoseconds - before;
                }
            }

            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int openat(int directory, byte* path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(int fd, byte* bytes, nuint count, long offset);

    [LibraryImport("libc")]
    private static partial long lseek(int fd, long offset, int whence);

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int id, byte* information, int options);
}
