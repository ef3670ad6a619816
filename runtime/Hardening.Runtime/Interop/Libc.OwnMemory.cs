using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Memory of this process at addresses that may be gone by now: process_vm_readv(2) gives an error where a load would end the process. Linux only.</summary>
internal static unsafe partial class Libc
{
    /// <summary>Copies from an address, which may be any.</summary>
    /// <returns>False when not all of it is readable, or the system does not permit the call.</returns>
    public static bool TryCopyOwnMemory(ulong address, Span<byte> to)
    {
        fixed (byte* start = to)
        {
            var local = new MemoryRange { Start = (nuint)start, Length = (nuint)to.Length };
            var remote = new MemoryRange { Start = (nuint)address, Length = (nuint)to.Length };
            return process_vm_readv(Environment.ProcessId, &local, 1, &remote, 1, 0) == to.Length;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_readv(int process, MemoryRange* local, nuint localCount, MemoryRange* remote, nuint remoteCount, nuint flags);

    // sys/uio.h, struct iovec.
    private struct MemoryRange
    {
        public nuint Start;
        public nuint Length;
    }
}
