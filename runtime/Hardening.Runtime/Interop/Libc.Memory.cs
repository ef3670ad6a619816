using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Memory that other processes can be given: memfd_create(2), posix_fallocate(3), mmap(2). Linux only.</summary>
internal static partial class Libc
{
    private const uint MFD_CLOEXEC = 1;
    private const uint MFD_ALLOW_SEALING = 2;
    private const int F_ADD_SEALS = 1033;
    private const int F_SEAL_SHRINK = 2;
    private const int F_SEAL_GROW = 4;
    private const int F_SEAL_FUTURE_WRITE = 16;
    private const int O_RDWR = 2;
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int MAP_SHARED = 1;
    private const int MAP_POPULATE = 0x8000;
    private const nint MAP_FAILED = -1;

    /// <summary>A new anonymous file of this many bytes, all of them allocated, mapped and populated. Its length is final.</summary>
    /// <remarks>
    /// posix_fallocate and never ftruncate alone: touching a page that the system then cannot provide ends the process, uncatchably. So would a page
    /// that another process has cut off, which the seals prevent.
    /// </remarks>
    /// <exception cref="InsufficientMemoryException">The system cannot provide that much; the message says why.</exception>
    public static nint MapSharedMemory(string name, long bytes, out SafeFileHandle file)
    {
        var fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0)
        {
            throw Refused("memfd_create", bytes, Marshal.GetLastPInvokeError());
        }

        file = new SafeFileHandle(fd, ownsHandle: true);
        var address = MAP_FAILED;
        try
        {
            if (posix_fallocate(file, 0, bytes) is var error and not 0) // gives the error, and leaves errno alone
            {
                throw Refused("posix_fallocate", bytes, error);
            }

            if (fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
            {
                throw Refused("fcntl", bytes, Marshal.GetLastPInvokeError());
            }

            address = mmap(0, (nuint)bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
            return address != MAP_FAILED ? address : throw Refused("mmap", bytes, Marshal.GetLastPInvokeError());
        }
        finally
        {
            if (address == MAP_FAILED)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Maps a file in memory that another process has made.</summary>
    /// <exception cref="Win32Exception">It may not be mapped like that.</exception>
    public static nint MapFile(SafeFileHandle file, long bytes, bool writable) =>
        mmap(0, (nuint)bytes, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED | MAP_POPULATE, file, 0) is var address and not MAP_FAILED ? address : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>From now on nobody can map the file writable or write to it; mappings that there are stay writable.</summary>
    /// <returns>False on a kernel before 5.1, which cannot do that.</returns>
    public static bool SealAgainstWriters(SafeFileHandle file) => fcntl(file, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0;

    /// <summary>The same file once more, by a descriptor with rights of its own.</summary>
    /// <exception cref="Win32Exception">No descriptor is left, or /proc is not there.</exception>
    public static SafeFileHandle Reopen(SafeFileHandle file, bool writable)
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return OpenFile($"/proc/self/fd/{file.DangerousGetHandle()}", writable);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <exception cref="Win32Exception">It cannot be opened.</exception>
    public static SafeFileHandle OpenFile(string path, bool writable) =>
        open(path, (writable ? O_RDWR : 0) | O_CLOEXEC, 0) is var fd and >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new Win32Exception(Marshal.GetLastPInvokeError());

    public static void Unmap(nint address, long bytes) => _ = munmap(address, (nuint)bytes); // fails only for an address that was never mapped

    private static InsufficientMemoryException Refused(string call, long bytes, int error) =>
        new($"The system does not provide {bytes:N0} bytes of shared memory ({call}: {Marshal.GetPInvokeErrorMessage(error)}); use fewer or smaller buffers, or raise the memory limit.");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle fd, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, SafeFileHandle fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
