using System.Buffers.Binary;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>
/// Finds the owner of a native lock of this process from what the C library keeps beside its futex. That may be anything else than a lock, a condition for one: a thread is named only where all of it
/// looks like a held lock. Locks that keep no owner, such as Python's global one, have none here.
/// </summary>
internal sealed class FutexOwners : IFutexOwners
{
    // glibc, struct __pthread_mutex_s on 64 bits: the futex, how often it is taken, its owner, how many use it, its kind.
    private const int Bytes = 20;
    private const int Owner = 8;
    private const int Users = 12;
    private const int Kind = 16;
    private const int HeldAndWaitedFor = 2;
    private const int MaxKind = 0x3ff;

    // Robust locks, those that lend priority, and musl's keep the owner in the futex itself.
    private const uint ThreadMask = 0x3fff_ffff;
    private const uint Waiters = 0x8000_0000;

    public int Find(ulong address)
    {
        Span<byte> found = stackalloc byte[Bytes];
        if (!OperatingSystem.IsLinux() || address % sizeof(int) != 0 || !(Libc.TryCopyOwnMemory(address, found) || TryReadOwnMemory(address, found)))
        {
            return 0;
        }

        var futex = BinaryPrimitives.ReadUInt32LittleEndian(found);
        var owner = (futex & Waiters) != 0 ? (int)(futex & ThreadMask) : LooksHeld(found) ? Number(found, Owner) : 0;
        return OwnThreads.Exists(owner) ? owner : 0;
    }

    private static bool LooksHeld(ReadOnlySpan<byte> found) => Number(found, 0) == HeldAndWaitedFor && Number(found, Users) == 1 && Number(found, Kind) is >= 0 and <= MaxKind;

    // Where containers may not use the system call.
    private static bool TryReadOwnMemory(ulong address, Span<byte> to)
    {
        try
        {
            using var memory = File.OpenHandle("/proc/self/mem");
            return RandomAccess.Read(memory, to, (long)address) == to.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return false; // nothing is there, or nobody may look
        }
    }

    private static int Number(ReadOnlySpan<byte> found, int position) => BinaryPrimitives.ReadInt32LittleEndian(found[position..]);
}
