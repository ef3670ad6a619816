using System.Buffers.Binary;
using System.Globalization;
using Hardening.Stalls.Sampling;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Cli.Watching;

/// <summary>
/// Finds the owner of a native lock of another process from what the C library keeps beside its futex: 20 bytes of its memory, read through /proc without holding it still. A thread is named only where all of it looks
/// like a held lock: conditions, semaphores and Python's lock keep no owner.
/// </summary>
internal sealed class FutexPeek(int processId, string root = "/proc") : IFutexOwners, IDisposable
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

    private readonly SafeFileHandle? _memory = Open(string.Create(CultureInfo.InvariantCulture, $"{root}/{processId}/mem"));

    public int Find(ulong address)
    {
        Span<byte> found = stackalloc byte[Bytes];
        if (_memory is null || address % sizeof(int) != 0 || address > long.MaxValue - Bytes || !TryRead(address, found))
        {
            return 0;
        }

        var owner = OwnerIn(found);
        return owner > 0 && Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"{root}/{processId}/task/{owner}")) ? owner : 0;
    }

    /// <summary>The thread that these bytes say holds a lock that is waited for; 0 when they are something else.</summary>
    public static int OwnerIn(ReadOnlySpan<byte> found)
    {
        var futex = BinaryPrimitives.ReadUInt32LittleEndian(found);
        return (futex & Waiters) != 0 ? (int)(futex & ThreadMask)
            : Number(found, 0) == HeldAndWaitedFor && Number(found, Users) == 1 && Number(found, Kind) is >= 0 and <= MaxKind ? Number(found, Owner)
            : 0;
    }

    public void Dispose() => _memory?.Dispose();

    private bool TryRead(ulong address, Span<byte> to)
    {
        try
        {
            return RandomAccess.Read(_memory!, to, (long)address) == to.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // nothing is there any more
        }
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static int Number(ReadOnlySpan<byte> found, int position) => BinaryPrimitives.ReadInt32LittleEndian(found[position..]);
}
