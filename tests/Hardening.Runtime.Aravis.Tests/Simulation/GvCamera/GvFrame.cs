using System.Buffers.Binary;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>One exposed frame, kept for a while so that its packets can be sent again.</summary>
internal sealed class GvFrame
{
    private const int Leader = 1;
    private const int Trailer = 2;
    private const int Payload = 3;
    private readonly byte[] _data;
    private readonly int _block;
    private readonly bool _hasExtendedIds;
    private readonly ulong _timestamp;
    private readonly ushort _payloadType;
    private readonly (uint Format, uint Width, uint Height, uint X, uint Y) _image;

    /// <summary>Exposes: the picture of <see cref="SimulatedImage"/>, and the chunks that are enabled.</summary>
    public GvFrame(ulong id, GvMemory memory, GvCameraOptions options, int chunkLengthError)
    {
        (Id, _timestamp, _hasExtendedIds) = (id, memory.Now, options.HasExtendedIds);
        _image = (memory[GvRegister.PixelFormat], memory[GvRegister.Width], memory[GvRegister.Height], memory[GvRegister.OffsetX], memory[GvRegister.OffsetY]);
        _block = memory.PacketSize - 28 - HeaderBytes;
        _payloadType = (ushort)(!memory.SendsChunks ? 1 : options.SendsChunksAsImages ? 0x4001 : 5);
        _data = new byte[BinaryPrimitives.ReadUInt32BigEndian(memory.Read(GvRegister.PayloadSize, 4))];
        var rowBytes = (int)_image.Width * memory.PixelBytes;
        for (var y = 0; y < _image.Height; y++)
        {
            var row = _data.AsSpan(y * rowBytes, rowBytes);
            for (var (x, value) = (0, (byte)(((id % 255) + (ulong)y) % 255)); x < row.Length; x++)
            {
                row[x] = value;
                value = (byte)(value == 254 ? 0 : value + 1);
            }
        }

        if (memory.SendsChunks)
        {
            AppendChunks(memory, chunkLengthError);
        }
    }

    public ulong Id { get; }

    /// <summary>With the leader and the trailer.</summary>
    public int Packets => ((_data.Length + _block - 1) / _block) + 2;

    private int HeaderBytes => _hasExtendedIds ? 20 : 8;

    /// <summary>Writes one packet of it, without IP and UDP headers.</summary>
    /// <returns>Its length; 0 when there is no such packet.</returns>
    public int Write(int packet, Span<byte> target)
    {
        var last = Packets - 1;
        if (packet < 0 || packet > last)
        {
            return 0;
        }

        target[..64].Clear();
        var body = WriteHeader(target, packet, packet == 0 ? Leader : packet == last ? Trailer : Payload, status: 0);
        if (packet == 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], _payloadType);
            BinaryPrimitives.WriteUInt64BigEndian(body[4..], _timestamp);
            BinaryPrimitives.WriteUInt32BigEndian(body[12..], _image.Format);
            BinaryPrimitives.WriteUInt32BigEndian(body[16..], _image.Width);
            BinaryPrimitives.WriteUInt32BigEndian(body[20..], _image.Height);
            BinaryPrimitives.WriteUInt32BigEndian(body[24..], _image.X);
            BinaryPrimitives.WriteUInt32BigEndian(body[28..], _image.Y);
            return HeaderBytes + 36;
        }

        if (packet == last)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], _payloadType);
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], _image.Height);
            return HeaderBytes + 8;
        }

        var offset = (packet - 1) * _block;
        var length = Math.Min(_block, _data.Length - offset);
        _data.AsSpan(offset, length).CopyTo(body);
        return HeaderBytes + length;
    }

    /// <summary>Writes that a packet is not to be had any more.</summary>
    public static int WriteUnavailable(ulong id, int packet, bool hasExtendedIds, Span<byte> target)
    {
        WriteHeader(target, id, packet, Payload, 0x800c, hasExtendedIds);
        return hasExtendedIds ? 20 : 8;
    }

    private Span<byte> WriteHeader(Span<byte> target, int packet, int content, ushort status) => WriteHeader(target, Id, packet, content, status, _hasExtendedIds);

    private static Span<byte> WriteHeader(Span<byte> target, ulong id, int packet, int content, ushort status, bool hasExtendedIds)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, status);
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], hasExtendedIds ? (ushort)0 : (ushort)id);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], ((uint)content << 24) | (hasExtendedIds ? 0x8000_0000 : (uint)packet));
        if (!hasExtendedIds)
        {
            return target[8..];
        }

        BinaryPrimitives.WriteUInt64BigEndian(target[8..], id);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], (uint)packet);
        return target[20..];
    }

    // Each chunk is followed by its id and its length; readers walk from the end.
    private void AppendChunks(GvMemory memory, int lengthError)
    {
        var at = (int)(_image.Width * _image.Height) * memory.PixelBytes;
        var begin = 0;
        foreach (var chunk in Enum.GetValues<GvChunk>().Where(memory.IsEnabled))
        {
            switch (chunk)
            {
                case GvChunk.Timestamp:
                    BinaryPrimitives.WriteUInt64BigEndian(_data.AsSpan(at), _timestamp);
                    break;
                case GvChunk.ExposureTime:
                    BinaryPrimitives.WriteDoubleBigEndian(_data.AsSpan(at), memory.Double(GvRegister.ExposureTime));
                    break;
                case GvChunk.Gain:
                    BinaryPrimitives.WriteDoubleBigEndian(_data.AsSpan(at), memory.Double(GvRegister.Gain));
                    break;
                case GvChunk.FrameID:
                    BinaryPrimitives.WriteUInt64BigEndian(_data.AsSpan(at), Id);
                    break;
                case GvChunk.LineStatusAll:
                    BinaryPrimitives.WriteUInt32BigEndian(_data.AsSpan(at), memory[GvRegister.LineStatus]);
                    break;
            }

            at += GvMemory.ChunkBytes(chunk);
            BinaryPrimitives.WriteUInt32BigEndian(_data.AsSpan(at), 0x1000 + (uint)chunk);
            BinaryPrimitives.WriteUInt32BigEndian(_data.AsSpan(at + 4), (uint)(at - begin + (at + 8 == _data.Length ? lengthError : 0)));
            at += 8;
            begin = at;
        }
    }
}
