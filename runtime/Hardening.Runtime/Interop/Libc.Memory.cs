using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>Memory that other processes can be given: memfd_create(2), posix_fallocate(3), mmap(2). Linux only.</summary>
internal static partial class Libc
{
    private const uint MFD_CLOEXEC = 1;
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int MAP_SHARED = 1;
    private const int MAP_POPULATE = 0x8000;
    private const nint MAP_FAILED = -1;

    /// <summary>A new anonymous file of this many bytes, all of them allocated, mapped and populated.</summary>
    /// <remarks>posix_fallocate and never ftruncate alone: touching a page that the system then cannot provide ends the process, uncatchably.</remarks>
    /// <exception cref="InsufficientMemoryException">The system cannot provide that much; the message says why.</exception>
    public static nint MapSharedMemory(string name, long bytes, out SafeFileHandle file)
    {
        var fd = memfd_create(name, MFD_CLOEXEC);
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

    public static void Unmap(nint address, long bytes) => _ = munmap(address, (nuint)bytes); // fails only for an address that was never mapped

    private static InsufficientMemoryException Refused(string call, long bytes, int error) =>
        new($"The system does not provide {bytes:N0} bytes of shared memory ({call}: {Marshal.GetPInvokeErrorMessage(error)}); use fewer or smaller buffers, or raise the memory limit.");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle fd, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, SafeFileHandle fd, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint address, nuint length);
}
