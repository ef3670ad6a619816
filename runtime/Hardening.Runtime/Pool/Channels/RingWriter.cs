using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Channels;

/// <summary>The writing end of one ring. For one thread at a time.</summary>
/// <param name="lines">What both ends see; what the reader writes there is not trusted.</param>
/// <param name="ring">The ring's bytes.</param>
/// <param name="ringBytes">How many; a power of two.</param>
internal sealed unsafe class RingWriter(RingLines* lines, byte* ring, int ringBytes)
{
    // Far above what a wait for room takes while the reader is alive and reads, and the limit of what a reader costs that never wakes anyone.
    private const long LongestSleep = 100_000_000;

    private readonly ulong _mask = (ulong)ringBytes - 1;
    private Cursors _at;

    /// <summary>Appends a message as one record.</summary>
    /// <param name="header">Sealed.</param>
    /// <param name="frames">As many as the header says.</param>
    /// <param name="payload">As long as the header says.</param>
    /// <param name="position">Of the record.</param>
    /// <returns>False, and nothing is appended, when there is no room now.</returns>
    /// <exception cref="WorkerProtocolException">The reader says what cannot be.</exception>
    public bool TryAppend(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, out long position)
    {
        var bytes = MessageHeader.Bytes + (frames.Length * FrameReference.Bytes) + payload.Length;
        if (!TryReserve(bytes, out var body))
        {
            position = -1;
            return false;
        }

        *(MessageHeader*)body = header;
        var rest = body + MessageHeader.Bytes;
        if (!frames.IsEmpty)
        {
            MemoryMarshal.AsBytes(frames).CopyTo(new Span<byte>(rest, frames.Length * FrameReference.Bytes));
            rest += frames.Length * FrameReference.Bytes;
        }

        payload.CopyTo(new Span<byte>(rest, payload.Length));
        position = (long)_at.Tail;
        Append(RingRecord.Whole, bytes);
        return true;
    }

    /// <summary>Appends a message of any length in parts, and waits for the reader to take them.</summary>
    /// <returns>False when that was set which <paramref name="closed"/> refers to: the message is not complete, and the ring not to be used any more.</returns>
    /// <exception cref="WorkerProtocolException">The reader says what cannot be.</exception>
    public bool AppendInParts(in MessageHeader header, ReadOnlySpan<FrameReference> frames, ReadOnlySpan<byte> payload, ref bool closed)
    {
        Span<byte> start = stackalloc byte[MessageHeader.Bytes + (frames.Length * FrameReference.Bytes)];
        MemoryMarshal.Write(start, header);
        MemoryMarshal.AsBytes(frames).CopyTo(start[MessageHeader.Bytes..]);
        var first = true;
        do
        {
            var lead = first ? start.Length : 0;
            var count = Math.Min(payload.Length, RingRecord.PartBytes(ringBytes) - lead);
            byte* body;
            while (!TryReserve(lead + count, out body))
            {
                if (!WaitForRoom(lead + count, ref closed))
                {
                    return false;
                }
            }

            start[..lead].CopyTo(new Span<byte>(body, lead));
            payload[..count].CopyTo(new Span<byte>(body + lead, count));
            payload = payload[count..];
            Append(payload.IsEmpty ? RingRecord.LastPart : RingRecord.Part, lead + count);
            Show();
            WakeReader();
            first = false;
        }
        while (!payload.IsEmpty);
        return true;
    }

    /// <summary>Shows what is there to the reader, and waits until a record of this length fits.</summary>
    /// <returns>False when that was set which <paramref name="closed"/> refers to.</returns>
    /// <exception cref="WorkerProtocolException">The reader says what cannot be.</exception>
    public bool WaitForRoom(int bytes, ref bool closed)
    {
        Show();
        WakeReader();
        while (!HasRoom(bytes, out _))
        {
            if (Volatile.Read(ref closed))
            {
                return false;
            }

            Volatile.Write(ref lines->WriterSleeps, 1);
            Interlocked.MemoryBarrier(); // either we see the room, or who made it sees that we sleep
            if (!HasRoom(bytes, out _) && !Volatile.Read(ref closed))
            {
                Libc.WaitWhile(&lines->WriterSleeps, 1, LongestSleep);
            }

            Volatile.Write(ref lines->WriterSleeps, 0);
        }

        return true;
    }

    /// <summary>Shows the reader what was appended.</summary>
    /// <returns>Whether there was anything to show.</returns>
    public bool Show()
    {
        if (_at.Shown == _at.Tail)
        {
            return false;
        }

        lines->WriterProcessor = Libc.CurrentProcessor + 1;
        Volatile.Write(ref lines->Tail, _at.Tail);
        _at.Shown = _at.Tail;
        return true;
    }

    /// <summary>Wakes the reader where it sleeps.</summary>
    /// <returns>Whether it did.</returns>
    public bool WakeReader()
    {
        Interlocked.MemoryBarrier(); // either the reader sees what was shown, or we see that it sleeps
        var sleeps = (Volatile.Read(ref lines->Reader) & 1) == 0 ? &lines->FirstSleeps : &lines->SecondSleeps;
        if (Volatile.Read(ref *sleeps) == 0)
        {
            return false;
        }

        Volatile.Write(ref *sleeps, 0);
        Libc.Wake(sleeps);
        return true;
    }

    /// <summary>Marks the record at this position as recalled.</summary>
    /// <returns>False when the reader has claimed it, or it is no record that is still there.</returns>
    public bool TryRecall(long position)
    {
        var distance = _at.Tail - (ulong)position;
        return position >= 0 && distance is not 0 && distance <= (ulong)ringBytes
            && (long)(Volatile.Read(ref lines->Head) - (ulong)position) <= 0
            && Interlocked.CompareExchange(ref *(uint*)(ring + ((ulong)position & _mask) + RingRecord.StateOffset), RingRecord.Recalled, RingRecord.Free) == RingRecord.Free;
    }

    private bool TryReserve(int bytes, out byte* body)
    {
        if (!HasRoom(bytes, out var rest))
        {
            body = null;
            return false;
        }

        if (rest > 0)
        {
            Append(RingRecord.Pad, (int)rest - RingRecord.PrefixBytes);
        }

        body = ring + (_at.Tail & _mask) + RingRecord.PrefixBytes;
        return true;
    }

    /// <param name="bytes">Of the message, or part.</param>
    /// <param name="rest">What is left of the ring before its end, where that is too little.</param>
    private bool HasRoom(int bytes, out long rest)
    {
        var needed = RingRecord.Padded(bytes);
        rest = ringBytes - (long)(_at.Tail & _mask);
        rest = rest < needed ? rest : 0;
        needed += rest;
        return needed <= ringBytes - (long)(_at.Tail - _at.Head) || needed <= ReadRoom();
    }

    private long ReadRoom()
    {
        var head = Volatile.Read(ref lines->Head);
        if (_at.Shown - head > _at.Shown - _at.Head) // behind what it was, or ahead of what it was shown
        {
            throw new WorkerProtocolException($"The reader of a ring of {ringBytes:N0} bytes says that it has read {head:N0} bytes, of {_at.Shown:N0} that it was shown; before it said {_at.Head:N0}.");
        }

        _at.Head = head;
        return ringBytes - (long)(_at.Tail - head);
    }

    private void Append(uint kind, int bytes)
    {
        var prefix = (uint*)(ring + (_at.Tail & _mask));
        prefix[0] = RingRecord.Size(kind, bytes);
        prefix[1] = RingRecord.Free;
        _at.Tail += (ulong)RingRecord.Padded(bytes);
    }

    /// <summary>On lines of their own: another thread of this process reads the other ring.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Cursors
    {
        [FieldOffset(128)]
        public ulong Tail;

        [FieldOffset(136)]
        public ulong Shown;

        /// <summary>As it was last read.</summary>
        [FieldOffset(144)]
        public ulong Head;
    }
}
