using System.Numerics;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Channels;

/// <summary>
/// The memory of a worker's two rings: a file in memory that host and worker both map. Its length is final, so that neither can take a page from under the other;
/// all else in it the other side can change at any moment, and so nothing that is read from it is used unchecked.
/// </summary>
internal sealed unsafe class RingMemory : IDisposable
{
    public const int MinRingBytes = 16 * 1024;
    public const int MaxRingBytes = 16 * 1024 * 1024;

    private const int LongestMessageBytes = 1 << 30;

    private nint _address;

    private RingMemory(SafeFileHandle file, nint address, int ringBytes, int maxMessageBytes) =>
        (File, _address, RingBytes, MaxMessageBytes) = (file, address, ringBytes, maxMessageBytes);

    /// <summary>For the worker, which inherits it as descriptor 3. The host may close it once the worker is started: the mapping stays.</summary>
    public SafeFileHandle File { get; }

    public int RingBytes { get; }

    /// <summary>No payload may be longer.</summary>
    public int MaxMessageBytes { get; }

    public RingControl* Control => (RingControl*)_address;

    public byte* ToWorker => (byte*)_address + RingControl.Bytes;

    public byte* ToHost => ToWorker + RingBytes;

    private static long Length(int ringBytes) => RingControl.Bytes + (2L * ringBytes);

    /// <summary>New rings: by the host.</summary>
    /// <param name="ringBytes">Of each: a power of two, 16 KiB to 16 MiB.</param>
    /// <param name="maxMessageBytes">No payload may be longer; 1 GiB at most.</param>
    /// <exception cref="InsufficientMemoryException">The system does not provide the memory; the message says why.</exception>
    public static RingMemory Create(int ringBytes, int maxMessageBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessageBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxMessageBytes, LongestMessageBytes);
        if (!IsPossible(ringBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(ringBytes), ringBytes, "A ring has a power of two of bytes, 16 KiB to 16 MiB.");
        }

        var address = Libc.MapSharedMemory("hardening-ring", Length(ringBytes), out var file);
        var memory = new RingMemory(file, address, ringBytes, maxMessageBytes);
        memory.Control->RingBytes = (uint)ringBytes;
        memory.Control->MaxMessageBytes = (uint)maxMessageBytes;
        memory.Control->Version = RingControl.CurrentVersion;
        Volatile.Write(ref memory.Control->Magic, RingControl.MagicNumber);
        return memory;
    }

    /// <summary>The rings that the host has made: by the worker.</summary>
    /// <param name="file">Inherited; the memory's from now on.</param>
    /// <exception cref="WorkerProtocolException">It is not the memory of rings, or of another version.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It may not be mapped.</exception>
    public static RingMemory Open(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        if (length < Length(MinRingBytes) || length > Length(MaxRingBytes))
        {
            throw new WorkerProtocolException($"The memory of the rings that this worker was given has {length:N0} bytes, which is not possible: start workers through a ProcessPool.");
        }

        var address = Libc.MapFile(file, length, writable: true);
        var control = *(RingControl*)address;
        if (control.Magic == RingControl.MagicNumber && control.Version == RingControl.CurrentVersion && IsPossible((int)control.RingBytes)
            && length == Length((int)control.RingBytes) && control.MaxMessageBytes is > 0 and <= LongestMessageBytes)
        {
            return new RingMemory(file, address, (int)control.RingBytes, (int)control.MaxMessageBytes);
        }

        Libc.Unmap(address, length);
        throw new WorkerProtocolException($"The memory that this worker was given is not rings of version {RingControl.CurrentVersion}: host and worker must use the same version of Hardening.Runtime.");
    }

    /// <summary>Nobody may use the addresses any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _address, 0) is var address and not 0)
        {
            Libc.Unmap(address, Length(RingBytes));
            File.Dispose();
        }
    }

    private static bool IsPossible(int ringBytes) => ringBytes is >= MinRingBytes and <= MaxRingBytes && BitOperations.IsPow2(ringBytes);
}
