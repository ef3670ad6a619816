using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>
/// A frame as a stage or sink sees it: lent for the time of a call, which the compiler enforces, since a ref struct cannot be stored,
/// captured or awaited across. <see cref="Lease"/> keeps the frame longer.
/// </summary>
public readonly ref struct Frame
{
    private readonly FrameLease _lease;

    /// <summary>Lends the frame of a lease.</summary>
    public Frame(FrameLease lease) => _lease = lease;

    /// <summary>What is known of the frame besides its pixels.</summary>
    public readonly ref readonly FrameInfo Info => ref _lease.Info;

    /// <summary>The bytes of the image, <see cref="FrameInfo.Length"/> of them, in the pool's memory.</summary>
    public ReadOnlySpan<byte> Pixels => _lease.Pixels;

    /// <summary>A lease of its own, which keeps the pixels until it is disposed.</summary>
    /// <param name="holder">Who keeps it: a constant, not a text made for the purpose; it is named when the pool runs out.</param>
    public FrameLease Lease(string holder) => _lease.AddLease(holder);

    internal SlotHandle Handle => _lease.Handle;

    internal FramePool Pool => _lease.Pool;
}

/// <summary>
/// The right to read one frame, until it is disposed, by exactly one owner. Every access is checked: a lease that was released, or a copy of one,
/// throws instead of showing the next frame's bytes.
/// </summary>
/// <remarks>May pass between threads; one owner at a time. A default value holds nothing, and disposing it does nothing.</remarks>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Two leases are never the same right.")]
public readonly struct FrameLease : IDisposable
{
    private readonly FramePool? _pool;

    internal FrameLease(FramePool pool, SlotHandle handle) => (_pool, Handle) = (pool, handle);

    /// <summary>Whether there is no frame here: a default value.</summary>
    public bool IsEmpty => _pool is null;

    /// <summary>What is known of the frame besides its pixels.</summary>
    public readonly ref readonly FrameInfo Info => ref Pool.Info(Handle);

    /// <summary>The bytes of the image in the pool's memory. Not to be used once the lease is disposed.</summary>
    public ReadOnlySpan<byte> Pixels => Pool.Pixels(Handle);

    /// <summary>The same bytes for code that awaits. Not to be used once the lease is disposed: only a free buffer is detected then, not one in use again.</summary>
    public ReadOnlyMemory<byte> Memory => Pool.Memory(Handle);

    /// <summary>Where the pixels are, for native code; constant until the lease is disposed.</summary>
    public nint Address => Pool.Address(Handle);

    internal SlotHandle Handle { get; }

    /// <summary>What other processes call the memory that the frame lies in.</summary>
    internal uint Region => Pool.Region;

    /// <summary>Where in that memory its bytes begin.</summary>
    internal long Offset => Pool.Offset(Handle);

    internal FramePool Pool => _pool ?? throw new InvalidOperationException("There is no frame in this lease: it is a default value.");

    /// <summary>A further lease on the same frame, with a life of its own.</summary>
    /// <param name="holder">Who keeps it: a constant, not a text made for the purpose; it is named when the pool runs out.</param>
    /// <exception cref="InvalidOperationException">The frame has <see cref="FramePool.MaxLeasesPerFrame"/> leases.</exception>
    public FrameLease AddLease(string holder) => new(Pool, Pool.AddLease(Handle, holder));

    /// <summary>Says who holds this lease from now on; the same lease, passed on.</summary>
    public FrameLease Transfer(string holder)
    {
        Pool.Transfer(Handle, holder);
        return this;
    }

    /// <summary>Gives the frame back.</summary>
    /// <exception cref="ObjectDisposedException">It was given back before.</exception>
    public void Dispose() => _pool?.Release(Handle);
}

/// <summary>A buffer that its one owner, a source, fills: it is published as a frame, or disposed unfilled.</summary>
/// <remarks>A default value holds nothing, and disposing it does nothing.</remarks>
[StructLayout(LayoutKind.Auto)]
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Two buffers are never the same right.")]
public readonly struct FrameBuffer : IDisposable
{
    private readonly FramePool? _pool;
    private readonly SlotHandle _handle;

    internal FrameBuffer(FramePool pool, SlotHandle handle) => (_pool, _handle) = (pool, handle);

    /// <summary>Whether there is no buffer here: a default value.</summary>
    public bool IsEmpty => _pool is null;

    /// <summary>The number of the slot in its pool, 0 to <see cref="FramePool.Slots"/> − 1; its address never changes.</summary>
    public int Slot => _handle.Slot;

    /// <summary>Where the buffer begins: aligned to 4 KiB, constant until the buffer is disposed or its last lease is.</summary>
    public nint Address => Pool.Address(_handle);

    /// <summary>All bytes of the buffer, <see cref="FramePool.SlotBytes"/> of them, with what an earlier frame left there.</summary>
    public unsafe Span<byte> Bytes => new((void*)Pool.Address(_handle), Pool.SlotBytes);

    /// <summary>What other processes call the memory that the buffer lies in.</summary>
    internal uint Region => Pool.Region;

    /// <summary>Where in that memory it begins.</summary>
    internal long Offset => Pool.Offset(_handle);

    internal int Length => Pool.SlotBytes;

    private FramePool Pool => _pool ?? throw new InvalidOperationException("There is no buffer here: it is a default value.");

    /// <summary>Makes the buffer a frame. The buffer cannot be written from here on; the lease is its successor.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="FrameInfo.Length"/> is more than the buffer holds.</exception>
    public FrameLease Publish(in FrameInfo info) => new(Pool, Pool.Publish(_handle, info));

    /// <summary>Gives the buffer back unfilled.</summary>
    public void Dispose() => _pool?.Release(_handle);
}
