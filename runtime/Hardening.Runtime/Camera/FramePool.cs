using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera;

/// <summary>
/// A fixed number of equal, page-aligned frame buffers in one slab that is allocated and populated once. Renting, leasing and releasing
/// allocate nothing, take no lock, and detect a second release and any use after release.
/// </summary>
/// <remarks>
/// <para>
/// Each slot has one 64-bit word: 27 bits of generation, 5 bits that say which lease was given last, and a mask with one bit per lease. Every
/// operation is one compare-and-swap on it. The generation is odd while a source fills the buffer and even while it can be read, so a handle
/// from any earlier phase no longer fits. Lease bits are given in turn, so that a copy of a released lease does not fit a later lease either.
/// </para>
/// <para>All members may be called from any thread. On Linux the slab is a memfd, which other processes can be given; elsewhere it is plain memory.</para>
/// </remarks>
public sealed unsafe class FramePool : IDisposable
{
    /// <summary>The largest number of leases on one frame at the same time.</summary>
    public const int MaxLeasesPerFrame = 32;

    private const int SlotAlignment = 4096;

    private static uint s_regions;

    private readonly nint _slab;
    private readonly SafeFileHandle? _file;
    private readonly nint _slotStride;
    private readonly ulong[] _states;
    private readonly int[] _next;                // the free list's links
    private readonly FrameInfo[] _infos;
    private readonly string?[] _holders;         // who has which lease: MaxLeasesPerFrame per slot
    private readonly long[] _since;              // and since when
    private readonly StackTrace?[] _sites;       // and where in the program it took it, if that is tracked
    private readonly SlotMemory[] _memories;
    private readonly int[] _cameras;             // which camera's frame is in the slot, from 1; 0: none, or nobody said
    private long _free;                          // head of the free list: a tag against ABA in the upper half, slot + 1 in the lower
    private int _owners = 1;                     // the pool itself and each slot that is out; the slab goes with the last
    private bool _disposed;

    /// <summary>Allocates the slab and touches every page of it.</summary>
    /// <param name="slots">The number of buffers, 1 to 65,536.</param>
    /// <param name="slotBytes">The bytes that one buffer holds at least, 1 byte to 1 GiB; rounded up to whole pages of 4 KiB.</param>
    /// <exception cref="InsufficientMemoryException">The machine or the container does not have that much memory.</exception>
    public FramePool(int slots, int slotBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slots);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, 65_536);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(slotBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slotBytes, 1 << 30);

        _slotStride = (nint)(((long)slotBytes + SlotAlignment - 1) / SlotAlignment * SlotAlignment);
        SlotBytes = slotBytes;
        SlabBytes = _slotStride * (long)slots;
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is var available && SlabBytes > available)
        {
            // Asking for it anyway would not fail: the kernel would end a process, perhaps this one.
            throw new InsufficientMemoryException($"{slots:N0} buffers of {slotBytes:N0} bytes are {SlabBytes:N0} bytes, and this process may use {available:N0}; use fewer or smaller buffers, or raise the memory limit.");
        }

        if (OperatingSystem.IsLinux())
        {
            _slab = Libc.MapSharedMemory("hardening-frames", SlabBytes, out _file);
        }
        else
        {
            _slab = (nint)NativeMemory.AlignedAlloc((nuint)SlabBytes, SlotAlignment);
            NativeMemory.Clear((void*)_slab, (nuint)SlabBytes); // touches the pages now rather than while frames come in
        }

        _states = new ulong[slots];
        _infos = new FrameInfo[slots];
        _holders = new string?[slots * MaxLeasesPerFrame];
        _since = new long[_holders.Length];
        _sites = new StackTrace?[_holders.Length];
        _memories = new SlotMemory[slots];
        _cameras = new int[slots];
        _next = new int[slots];
        for (var slot = 0; slot < slots; slot++)
        {
            _memories[slot] = new SlotMemory(this, slot);
            _next[slot] = slot + 2 <= slots ? slot + 2 : 0;
        }

        _free = 1;
    }

    /// <summary>The number of buffers.</summary>
    public int Slots => _states.Length;

    /// <summary>The bytes that each buffer holds.</summary>
    public int SlotBytes { get; }

    /// <summary>The bytes of the slab.</summary>
    public long SlabBytes { get; }

    /// <summary>How many buffers are out at this moment: being filled, or leased.</summary>
    public int Rented => Volatile.Read(ref _owners) - (Volatile.Read(ref _disposed) ? 0 : 1);

    /// <summary>Takes a free buffer, to be filled by the caller alone until it is published or disposed.</summary>
    /// <param name="holder">Who takes it, for <see cref="DescribeHolders"/>: a constant, not a text made for the purpose.</param>
    /// <param name="buffer">The buffer.</param>
    /// <returns>False when every buffer is out.</returns>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public bool TryRent(string holder, out FrameBuffer buffer)
    {
        TakeOwnership();
        if (!TryPop(out var slot))
        {
            DropOwnership();
            buffer = default;
            return false;
        }

        // Nobody else can change the word of a slot that is not on the free list and has no lease.
        var state = SlotState.Rented(_states[slot]);
        _holders[slot * MaxLeasesPerFrame] = holder;
        Volatile.Write(ref _states[slot], state);
        buffer = new FrameBuffer(this, new SlotHandle(slot, SlotState.Generation(state), 0));
        return true;
    }

    /// <summary>Who has which buffers now, such as <c>camera-1/driver: 4, archive: 12</c>; empty when none is out. Allocates: for messages.</summary>
    public string DescribeHolders()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var slot = 0; slot < Slots; slot++)
        {
            var leases = SlotState.Leases(Volatile.Read(ref _states[slot]));
            for (var lease = 0; lease < MaxLeasesPerFrame; lease++)
            {
                if ((leases & (1u << lease)) != 0 && _holders[(slot * MaxLeasesPerFrame) + lease] is { } holder)
                {
                    counts[holder] = counts.GetValueOrDefault(holder) + 1;
                }
            }
        }

        return string.Join(", ", counts.Select(holder => $"{holder.Key}: {holder.Value}"));
    }

    /// <summary>Ends renting. The slab is freed with the last buffer that is out, so that nobody reads freed memory.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            DropOwnership();
        }
    }

    /// <summary>What other processes call the slab: unique in this process.</summary>
    internal uint Region { get; } = Interlocked.Increment(ref s_regions);

    internal bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>The slab's file; null where it is plain memory. Closed with the slab.</summary>
    internal SafeFileHandle? File => _file;

    /// <summary>A timestamp not much older than now, which leases are marked with: reading a clock for each would cost more than the lease.</summary>
    internal long Now { get; set; }

    /// <summary>Whether leases are marked with where in the program they were taken, too.</summary>
    internal bool TracksLeases { get; init; }

    /// <summary>How many frames of each camera are out, of those that were counted; empty where nobody counts.</summary>
    internal int[] FramesOut { get; init; } = [];

    /// <summary>Counts a frame among those of its camera until its last lease is released, unless so many are out already that other cameras' buffers would go.</summary>
    internal bool TryCount(SlotHandle handle, int camera, int most)
    {
        Check(handle);
        if (Interlocked.Increment(ref FramesOut[camera]) > most)
        {
            Interlocked.Decrement(ref FramesOut[camera]);
            return false;
        }

        _cameras[handle.Slot] = camera + 1; // read by whoever releases the last lease, which this one precedes
        return true;
    }

    /// <summary>Who has had frames to read for longer than this.</summary>
    internal IEnumerable<OldLeases> FindOldLeases(TimeProvider time, TimeSpan limit)
    {
        Dictionary<string, OldLeases>? found = null;
        for (var slot = 0; slot < Slots; slot++)
        {
            var state = Volatile.Read(ref _states[slot]);
            for (var lease = 0; lease < MaxLeasesPerFrame && SlotState.IsReadable(state); lease++)
            {
                var place = (slot * MaxLeasesPerFrame) + lease;
                if ((SlotState.Leases(state) & (1u << lease)) != 0 && time.GetElapsedTime(_since[place], Now) is var age && age > limit && _holders[place] is { } holder)
                {
                    found ??= new(StringComparer.Ordinal);
                    var sofar = found.GetValueOrDefault(holder) ?? new OldLeases(holder, 0, age, null);
                    found[holder] = sofar with { Count = sofar.Count + 1, Oldest = age > sofar.Oldest ? age : sofar.Oldest, Site = _sites[place]?.ToString() ?? sofar.Site };
                }
            }
        }

        return found is null ? [] : found.Values;
    }

    internal nint Address(SlotHandle handle)
    {
        Check(handle);
        return Address(handle.Slot);
    }

    /// <summary>Where in the slab the buffer begins.</summary>
    internal long Offset(SlotHandle handle) => Address(handle) - _slab;

    internal ref readonly FrameInfo Info(SlotHandle handle)
    {
        Check(handle);
        return ref _infos[handle.Slot];
    }

    internal Memory<byte> Memory(SlotHandle handle)
    {
        Check(handle);
        return _memories[handle.Slot].Memory[.._infos[handle.Slot].Length];
    }

    internal ReadOnlySpan<byte> Pixels(SlotHandle handle)
    {
        Check(handle);
        return new ReadOnlySpan<byte>((void*)Address(handle.Slot), _infos[handle.Slot].Length);
    }

    internal SlotHandle Publish(SlotHandle handle, in FrameInfo info)
    {
        Check(handle);
        ArgumentOutOfRangeException.ThrowIfNegative(info.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(info.Length, SlotBytes);
        _infos[handle.Slot] = info;
        _since[handle.Slot * MaxLeasesPerFrame] = Now;
        var state = SlotState.Published(_states[handle.Slot]);
        Volatile.Write(ref _states[handle.Slot], state);
        return handle with { Generation = SlotState.Generation(state) };
    }

    internal SlotHandle AddLease(SlotHandle handle, string holder)
    {
        ref var word = ref _states[handle.Slot];
        while (true)
        {
            var state = Volatile.Read(ref word);
            Check(handle, state);
            if (!SlotState.TryLease(state, out var leased, out var lease))
            {
                throw new InvalidOperationException($"The frame already has {MaxLeasesPerFrame} leases; their holders: {DescribeHolders()}.");
            }

            if (Interlocked.CompareExchange(ref word, leased, state) == state)
            {
                var place = (handle.Slot * MaxLeasesPerFrame) + lease;
                _holders[place] = holder;
                _since[place] = Now;
                if (TracksLeases)
                {
                    _sites[place] = new StackTrace(skipFrames: 2, fNeedFileInfo: true);
                }

                return handle with { Lease = lease };
            }
        }
    }

    internal void Transfer(SlotHandle handle, string holder)
    {
        Check(handle);
        _holders[(handle.Slot * MaxLeasesPerFrame) + handle.Lease] = holder;
    }

    internal void Release(SlotHandle handle)
    {
        ref var word = ref _states[handle.Slot];
        while (true)
        {
            var state = Volatile.Read(ref word);
            Check(handle, state);
            var released = SlotState.Released(state, handle.Lease);
            if (Interlocked.CompareExchange(ref word, released, state) == state)
            {
                if (SlotState.Leases(released) == 0)
                {
                    if (_cameras[handle.Slot] is > 0 and var camera)
                    {
                        _cameras[handle.Slot] = 0;
                        Interlocked.Decrement(ref FramesOut[camera - 1]);
                    }

                    Push(handle.Slot);
                    DropOwnership();
                }

                return;
            }
        }
    }

    private nint Address(int slot) => _slab + (slot * _slotStride);

    private void Check(SlotHandle handle) => Check(handle, Volatile.Read(ref _states[handle.Slot]));

    private static void Check(SlotHandle handle, ulong state)
    {
        if (SlotState.Generation(state) != handle.Generation || (SlotState.Leases(state) & (1u << handle.Lease)) == 0)
        {
            ThrowReleased();
        }
    }

    [DoesNotReturn]
    private static void ThrowReleased() =>
        throw new ObjectDisposedException(nameof(FrameLease), "This lease on the frame was already released: it was disposed twice, or used after it was disposed or published. Keep a frame longer with a lease of its own.");

    private bool TryPop(out int slot)
    {
        while (true)
        {
            var head = Volatile.Read(ref _free);
            slot = (int)(uint)head - 1;
            if (slot < 0)
            {
                return false;
            }

            var next = (uint)Volatile.Read(ref _next[slot]);
            if (Interlocked.CompareExchange(ref _free, NextTag(head) | next, head) == head)
            {
                return true;
            }
        }
    }

    private void Push(int slot)
    {
        while (true)
        {
            var head = Volatile.Read(ref _free);
            Volatile.Write(ref _next[slot], (int)(uint)head);
            if (Interlocked.CompareExchange(ref _free, NextTag(head) | (uint)(slot + 1), head) == head)
            {
                return;
            }
        }
    }

    private static long NextTag(long head) => ((head >> 32) + 1) << 32;

    private void TakeOwnership()
    {
        var owners = Volatile.Read(ref _owners);
        while (true)
        {
            ObjectDisposedException.ThrowIf(owners == 0 || Volatile.Read(ref _disposed), this);
            var seen = Interlocked.CompareExchange(ref _owners, owners + 1, owners);
            if (seen == owners)
            {
                return;
            }

            owners = seen;
        }
    }

    private void DropOwnership()
    {
        if (Interlocked.Decrement(ref _owners) == 0)
        {
            if (_file is null)
            {
                NativeMemory.AlignedFree((void*)_slab);
            }
            else
            {
                Libc.Unmap(_slab, SlabBytes);
                _file.Dispose();
            }
        }
    }

    /// <summary>The slot's word, taken apart and put together.</summary>
    private static class SlotState
    {
        private const int GenerationShift = 37;
        private const int CursorShift = 32;
        private const uint GenerationMask = (1u << 27) - 1;

        public static uint Generation(ulong state) => (uint)(state >> GenerationShift);

        public static uint Leases(ulong state) => (uint)state;

        public static bool IsReadable(ulong state) => (Generation(state) & 1) == 0 && Leases(state) != 0;

        public static ulong Rented(ulong state) => Make((Generation(state) + 1) & GenerationMask, cursor: 0, leases: 1);

        public static ulong Published(ulong state) => Make((Generation(state) + 1) & GenerationMask, cursor: 0, leases: 1);

        public static ulong Released(ulong state, int lease)
        {
            var leases = Leases(state) & ~(1u << lease);
            // A buffer that is given back unfilled skips the readable phase, so that the next renting is odd again.
            var generation = leases == 0 && (Generation(state) & 1) == 1 ? (Generation(state) + 1) & GenerationMask : Generation(state);
            return Make(generation, Cursor(state), leases);
        }

        public static bool TryLease(ulong state, out ulong leased, out int lease)
        {
            for (var step = 1; step <= MaxLeasesPerFrame; step++)
            {
                lease = (Cursor(state) + step) % MaxLeasesPerFrame;
                if ((Leases(state) & (1u << lease)) == 0)
                {
                    leased = Make(Generation(state), lease, Leases(state) | (1u << lease));
                    return true;
                }
            }

            (leased, lease) = (0, 0);
            return false;
        }

        private static int Cursor(ulong state) => (int)(state >> CursorShift) & (MaxLeasesPerFrame - 1);

        private static ulong Make(uint generation, int cursor, uint leases) =>
            ((ulong)generation << GenerationShift) | ((ulong)(uint)cursor << CursorShift) | leases;
    }

    /// <summary>One per slot, made once, so that <see cref="FrameLease.Memory"/> allocates nothing.</summary>
    private sealed class SlotMemory(FramePool pool, int slot) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            if (SlotState.Leases(Volatile.Read(ref pool._states[slot])) == 0)
            {
                ThrowReleased();
            }

            return new Span<byte>((void*)pool.Address(slot), pool.SlotBytes);
        }

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)pool.Address(slot) + elementIndex); // never moves

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>Leases of one holder that are older than they should be.</summary>
internal sealed record OldLeases(string Holder, int Count, TimeSpan Oldest, string? Site);

/// <summary>Which lease of which phase of which slot.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SlotHandle(int Slot, uint Generation, int Lease);
