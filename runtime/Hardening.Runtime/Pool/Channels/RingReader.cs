using System.Buffers;
using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Channels;

/// <summary>The reading end of one ring: takes messages, and believes nothing. For one thread at a time, but for <see cref="HasNews"/>.</summary>
/// <param name="lines">What both ends see; what the writer writes there is not trusted.</param>
/// <param name="ring">The ring's bytes; not trusted.</param>
/// <param name="ringBytes">How many; a power of two.</param>
/// <param name="maxMessageBytes">No payload may be longer.</param>
/// <param name="claims">Whether jobs are claimed as they are taken: by the worker.</param>
internal sealed unsafe class RingReader(RingLines* lines, byte* ring, int ringBytes, int maxMessageBytes, bool claims) : IDisposable
{
    private const int KeptAssemblyBytes = 1 << 20;

    private readonly ulong _mask = (ulong)ringBytes - 1;
    private readonly FrameReference[] _frames = new FrameReference[MessageHeader.MaxFrames];
    private Cursors _at;
    private byte[] _assembly = [];   // of a message that comes in parts
    private int _assembled;
    private int _expected;           // 0: no such message is on its way

    /// <summary>Whether the writer has shown more than was taken, for threads that wait for that; garbage is news too.</summary>
    public bool HasNews => Volatile.Read(ref lines->Tail) != Volatile.Read(ref _at.Next);

    /// <summary>How many bytes the writer has shown beyond what was taken, by its own word: for a guess.</summary>
    public ulong Unread => Volatile.Read(ref lines->Tail) - _at.Next;

    /// <summary>The processor that the writer was on when it last showed something; negative: not known.</summary>
    public int WriterProcessor => Volatile.Read(ref lines->WriterProcessor) - 1;

    /// <summary>Gives the memory of the message before back, and takes the next one, which is valid until the next call.</summary>
    /// <returns>False when there is none now.</returns>
    /// <exception cref="WorkerProtocolException">What is there is not a message.</exception>
    public bool TryTake(out ReceivedMessage message)
    {
        GiveBack();
        while (_at.Next != _at.Tail || ReadTail())
        {
            var place = (int)(_at.Next & _mask);
            var size = Volatile.Read(ref *(uint*)(ring + place));
            var bytes = RingRecord.Bytes(size);
            if (RingRecord.Padded(bytes) > Math.Min((long)(_at.Tail - _at.Next), ringBytes - place))
            {
                throw NotAMessage($"a record of {bytes:N0} bytes at {place:N0} does not fit into what was written");
            }

            var body = ring + place + RingRecord.PrefixBytes;
            var taken = RingRecord.Kind(size) switch
            {
                RingRecord.Pad => SkipPad(place, bytes, out message),
                RingRecord.Whole => TryTakeWhole(body, (int)bytes, out message),
                var kind => TakePart(body, (int)bytes, kind == RingRecord.LastPart, out message),
            };
            Volatile.Write(ref _at.Next, _at.Next + (ulong)RingRecord.Padded(bytes));
            if (taken)
            {
                return true;
            }

            GiveBack();
        }

        WakeWriter(); // before a wait, at the latest
        message = default;
        return false;
    }

    public void Dispose() => KeepAssembly(0);

    private bool SkipPad(int place, long bytes, out ReceivedMessage message)
    {
        message = default;
        return place != 0 && place + RingRecord.Padded(bytes) == ringBytes // else pads alone could keep us busy
            ? false
            : throw NotAMessage($"a pad of {bytes:N0} bytes at {place:N0} of {ringBytes:N0}");
    }

    private bool TryTakeWhole(byte* body, int bytes, out ReceivedMessage message)
    {
        var header = ReadHeader(body, bytes);
        if (_expected != 0 || MessageHeader.Bytes + header.Following != bytes)
        {
            throw NotAMessage(_expected != 0 ? "a message came between the parts of another" : $"a record of {bytes:N0} bytes has a message of {MessageHeader.Bytes + header.Following:N0}");
        }

        if (claims && header.Kind == MessageKind.Job && !TryClaim(body))
        {
            message = default;
            return false;
        }

        var rest = new ReadOnlySpan<byte>(body + MessageHeader.Bytes, (int)header.Following);
        message = new ReceivedMessage(header, TakeFrames(header, ref rest), rest);
        return true;
    }

    private bool TakePart(byte* body, int bytes, bool isLast, out ReceivedMessage message)
    {
        message = default;
        if (_expected == 0)
        {
            _expected = MessageHeader.Bytes + (int)ReadHeader(body, bytes).Following;
            _assembled = 0;
            KeepAssembly(_expected);
        }

        // Parts of a byte each would be a message too, but one that takes for ever.
        if (bytes > _expected - _assembled || isLast != (bytes == _expected - _assembled) || (!isLast && bytes != RingRecord.PartBytes(ringBytes)))
        {
            throw NotAMessage($"a part of {bytes:N0} bytes came of a message of {_expected:N0}, of which {_assembled:N0} were here");
        }

        new ReadOnlySpan<byte>(body, bytes).CopyTo(_assembly.AsSpan(_assembled));
        _assembled += bytes;
        if (!isLast)
        {
            return false;
        }

        // The header that was checked lies in memory of ours only now: once more, since the writer may have changed it in between.
        var header = MemoryMarshal.Read<MessageHeader>(_assembly);
        var rest = new ReadOnlySpan<byte>(_assembly, MessageHeader.Bytes, _expected - MessageHeader.Bytes);
        if (!header.IsValid || header.Following != rest.Length)
        {
            throw NotAMessage(header.Describe(maxMessageBytes));
        }

        _expected = 0;
        message = new ReceivedMessage(header, TakeFrames(header, ref rest), rest);
        return true;
    }

    private MessageHeader ReadHeader(byte* body, int bytes)
    {
        var header = bytes >= MessageHeader.Bytes ? *(MessageHeader*)body : throw NotAMessage($"a record of {bytes:N0} bytes is too short for one"); // a copy: the writer cannot change it any more
        return header.IsValid && header.PayloadBytes <= maxMessageBytes ? header : throw NotAMessage(header.Describe(maxMessageBytes));
    }

    /// <summary>Copied as well, since offsets and lengths are checked before they are used.</summary>
    private ReadOnlySpan<FrameReference> TakeFrames(scoped in MessageHeader header, scoped ref ReadOnlySpan<byte> rest)
    {
        if (header.Frames == 0)
        {
            return [];
        }

        var bytes = header.Frames * FrameReference.Bytes;
        rest[..bytes].CopyTo(MemoryMarshal.AsBytes(_frames.AsSpan()));
        rest = rest[bytes..];
        return _frames.AsSpan(0, header.Frames);
    }

    /// <summary>Has compiled what otherwise the first job comes to.</summary>
    public static void Prepare()
    {
        ulong prefix = 0;
        _ = TryClaim((byte*)(&prefix + 1));
    }

    private static bool TryClaim(byte* body) =>
        Interlocked.CompareExchange(ref *(uint*)(body - RingRecord.PrefixBytes + RingRecord.StateOffset), RingRecord.Claimed, RingRecord.Free) != RingRecord.Recalled;

    private bool ReadTail()
    {
        var tail = Volatile.Read(ref lines->Tail);
        if (tail - _at.Next > (ulong)ringBytes || tail % RingRecord.PrefixBytes != 0)
        {
            throw NotAMessage($"the writer says that it has written {tail:N0} bytes, and {_at.Next:N0} were read");
        }

        _at.Tail = tail;
        return tail != _at.Next;
    }

    private void GiveBack()
    {
        if (_at.Head != _at.Next)
        {
            _at.Head = _at.Next;
            Volatile.Write(ref lines->Head, _at.Head);
            if (_at.Head - _at.Checked > (ulong)ringBytes / 4)
            {
                WakeWriter();
            }
        }
    }

    private void WakeWriter()
    {
        if (_at.Checked != _at.Head)
        {
            _at.Checked = _at.Head;
            Interlocked.MemoryBarrier(); // either the writer sees the room, or we see that it sleeps
            if (Volatile.Read(ref lines->WriterSleeps) != 0)
            {
                Volatile.Write(ref lines->WriterSleeps, 0);
                Libc.Wake(&lines->WriterSleeps);
            }
        }
    }

    private void KeepAssembly(int bytes)
    {
        if (_assembly.Length < bytes || _assembly.Length > Math.Max(bytes, KeptAssemblyBytes))
        {
            var old = _assembly;
            _assembly = bytes > 0 ? ArrayPool<byte>.Shared.Rent(bytes) : [];
            if (old.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(old);
            }
        }
    }

    private static WorkerProtocolException NotAMessage(string what) => new($"What came through the ring is not a message of the protocol: {what}.");

    /// <summary>On lines of their own: another thread of this process writes the other ring.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Cursors
    {
        /// <summary>Behind the message that was taken last.</summary>
        [FieldOffset(128)]
        public ulong Next;

        /// <summary>As it was last read.</summary>
        [FieldOffset(136)]
        public ulong Tail;

        /// <summary>As the writer was last told.</summary>
        [FieldOffset(144)]
        public ulong Head;

        /// <summary>Where it was last looked whether the writer sleeps.</summary>
        [FieldOffset(152)]
        public ulong Checked;
    }
}
