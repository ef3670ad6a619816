using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Hardening.Pool.Protocol;

namespace Hardening.Pool.Channels;

/// <summary>Makes messages of the bytes that a worker writes, as they come. Its memory grows only for a message whose header is right, and is used again.</summary>
/// <param name="maxPayload">No payload may be longer.</param>
internal sealed class MessageBuffer(int maxPayload) : IDisposable
{
    private const int UsualBytes = 64 << 10; // what a pipe holds
    private const int KeptBytes = 4 << 20;
    private const int ShownBytes = 80;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);
    private int _start;
    private int _end;
    private int _taken; // of the message that was taken last, which is valid until something is asked for
    private int _wanted = MessageHeader.Bytes; // of the message that begins at _start, as far as is known

    /// <summary>How many bytes of an unfinished message there are, and how many it takes at least.</summary>
    public (int Present, int Wanted) Unfinished => (_end - _start - _taken, _wanted);

    /// <summary>Where the next bytes are to be put; never empty once <see cref="TryTake"/> has returned false.</summary>
    public Span<byte> Free
    {
        get
        {
            MakeRoom();
            return _bytes.AsSpan(_end);
        }
    }

    public void Add(int count) => _end += count;

    /// <summary>Takes the next message, if all of it is there.</summary>
    /// <exception cref="WorkerProtocolException">It is not a message that a worker may send.</exception>
    public bool TryTake(out ReceivedMessage message)
    {
        _start += _taken;
        _taken = 0;
        message = default;
        var bytes = _bytes.AsSpan(_start, _end - _start);
        if (bytes.Length < MessageHeader.Bytes)
        {
            _wanted = MessageHeader.Bytes;
            CheckBegin(bytes);
            return false;
        }

        var header = MemoryMarshal.Read<MessageHeader>(bytes);
        if (!header.IsValid || header.PayloadBytes > maxPayload || header.Kind is not (MessageKind.Ready or MessageKind.Result or MessageKind.Error))
        {
            CheckBegin(bytes);
            throw Refused(header);
        }

        _wanted = checked((int)(MessageHeader.Bytes + header.Following));
        if (bytes.Length < _wanted)
        {
            return false;
        }

        var frameBytes = header.Frames * FrameReference.Bytes;
        var following = bytes[MessageHeader.Bytes.._wanted];
        message = new ReceivedMessage(header, MemoryMarshal.Cast<byte, FrameReference>(following[..frameBytes]), following[frameBytes..]);
        _taken = _wanted;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    // For what has no whole message at its start: the last thing asked was TryTake.
    private void MakeRoom()
    {
        var present = _bytes.AsSpan(_start, _end - _start);
        if (_wanted > _bytes.Length || (present.IsEmpty && _bytes.Length > KeptBytes))
        {
            var other = ArrayPool<byte>.Shared.Rent(Math.Max(_wanted, UsualBytes));
            present.CopyTo(other);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = other;
        }
        else if (_start + _wanted > _bytes.Length)
        {
            present.CopyTo(_bytes);
        }
        else if (!present.IsEmpty)
        {
            return;
        }

        (_start, _end) = (0, present.Length);
    }

    // The usual mistake of a program is to print: it is noticed at the first letters, and not when there are as many of them as a header has bytes.
    private static void CheckBegin(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> magic = "HRDW"u8;
        var length = Math.Min(bytes.Length, magic.Length);
        if (!bytes[..length].SequenceEqual(magic[..length]))
        {
            throw new WorkerProtocolException(
                $"The worker wrote {Show(bytes)} where a message had to begin. The standard output of a worker carries messages alone: what people are to read belongs on the standard error.");
        }
    }

    private static string Show(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("'");
        foreach (var value in bytes[..Math.Min(bytes.Length, ShownBytes)])
        {
            _ = value is >= 0x20 and < 0x7F ? text.Append((char)value) : text.Append($"\\x{value:X2}");
        }

        return text.Append(bytes.Length > ShownBytes ? "…'" : "'").ToString();
    }

    private WorkerProtocolException Refused(in MessageHeader header) => new(
        !header.IsValid || header.PayloadBytes > maxPayload
            ? $"The worker sent a message that is none: {header.Describe(maxPayload)}."
            : $"The worker sent a message of kind {(byte)header.Kind}, and a worker sends Ready ({(byte)MessageKind.Ready}), Result ({(byte)MessageKind.Result}) and Error ({(byte)MessageKind.Error}) alone.");
}
