using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Hardening.Camera;

namespace Hardening.Pool.Wire;

/// <summary>What goes before a request about one of its frames: 64 bytes, little-endian, and the camera's name. Offsets are in docs/runtime/rabbitmq.md.</summary>
/// <param name="Info">Its shape. The host's timestamp is that of this machine, from the age that the frame had.</param>
/// <param name="Checksum">CRC-32C of the pixels.</param>
internal readonly record struct WireFrame(FrameInfo Info, uint Checksum)
{
    public const int HeaderBytes = 64;
    public const int MaxNameBytes = 255;

    private const uint Magic = 0x4D52_4648; // "HFRM"
    private const int CheckedBytes = 56;

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    public static int SizeOf(in FrameInfo info) => HeaderBytes + NameBytes(info.Camera).Length;

    /// <summary>Writes a frame's header and gives what is left of the room.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="info">The frame's.</param>
    /// <param name="pixels">Its bytes, for their checksum.</param>
    /// <param name="age">Since it reached this host.</param>
    public static Span<byte> Write(Span<byte> output, in FrameInfo info, ReadOnlySpan<byte> pixels, TimeSpan age)
    {
        var name = NameBytes(info.Camera);
        BinaryPrimitives.WriteUInt32LittleEndian(output, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(output[4..], info.Width);
        BinaryPrimitives.WriteInt32LittleEndian(output[8..], info.Height);
        BinaryPrimitives.WriteInt32LittleEndian(output[12..], info.Stride);
        BinaryPrimitives.WriteInt32LittleEndian(output[16..], pixels.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(output[20..], (uint)info.PixelFormat);
        (output[24], output[25]) = ((byte)info.Status, (byte)info.DeviceClock);
        BinaryPrimitives.WriteUInt16LittleEndian(output[26..], (ushort)name.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(output[28..], Crc32C.Compute(pixels));
        BinaryPrimitives.WriteInt64LittleEndian(output[32..], info.Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(output[40..], info.DeviceTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(output[48..], Math.Max(0, age.Ticks));
        BinaryPrimitives.WriteUInt32LittleEndian(output[CheckedBytes..], Crc32C.Compute(output[..CheckedBytes]));
        BinaryPrimitives.WriteUInt32LittleEndian(output[60..], 0);
        name.CopyTo(output[HeaderBytes..]);
        return output[(HeaderBytes + name.Length)..];
    }

    /// <summary>Reads a header that a peer has written.</summary>
    /// <param name="input">What comes; afterwards what is left of it.</param>
    /// <param name="time">This machine's clock.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryRead(ref ReadOnlySpan<byte> input, TimeProvider time, out WireFrame frame, [NotNullWhen(false)] out string? error)
    {
        frame = default;
        error = Check(input);
        if (error is not null)
        {
            return false;
        }

        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(input[26..]);
        var age = TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(input[48..]));
        var info = new FrameInfo
        {
            Camera = Encoding.UTF8.GetString(input.Slice(HeaderBytes, nameLength)),
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(input[32..]),
            HostTimestamp = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency),
            DeviceTimestamp = BinaryPrimitives.ReadUInt64LittleEndian(input[40..]),
            DeviceClock = (FrameClock)input[25],
            Width = BinaryPrimitives.ReadInt32LittleEndian(input[4..]),
            Height = BinaryPrimitives.ReadInt32LittleEndian(input[8..]),
            Stride = BinaryPrimitives.ReadInt32LittleEndian(input[12..]),
            Length = BinaryPrimitives.ReadInt32LittleEndian(input[16..]),
            PixelFormat = (PixelFormat)BinaryPrimitives.ReadUInt32LittleEndian(input[20..]),
            Status = (FrameStatus)input[24],
        };
        error = Check(info);
        frame = new WireFrame(info, BinaryPrimitives.ReadUInt32LittleEndian(input[28..]));
        input = input[(HeaderBytes + nameLength)..];
        return error is null;
    }

    private static string? Check(ReadOnlySpan<byte> input)
    {
        if (input.Length < HeaderBytes)
        {
            return $"it ends within the header of a frame, after {input.Length} of {HeaderBytes} bytes";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(input) != Magic)
        {
            return "there is no frame where it says one begins";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(input[CheckedBytes..]) != Crc32C.Compute(input[..CheckedBytes]))
        {
            return "the header of a frame has another checksum than it says";
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(input[26..]) is > MaxNameBytes and var length)
        {
            return $"the name of a camera has {length} bytes, and may have {MaxNameBytes}";
        }

        return input.Length < HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(input[26..]) ? "it ends within the name of a camera"
            : BinaryPrimitives.ReadInt64LittleEndian(input[48..]) is < 0 or > TimeSpan.TicksPerDay * 365 ? "the age of a frame is no time"
            : null;
    }

    private static string? Check(in FrameInfo info)
    {
        if (info.Width <= 0 || info.Height <= 0 || info.Stride <= 0 || info.Length <= (long)info.Stride * (info.Height - 1))
        {
            return $"a frame of {info.Width} x {info.Height} pixels with {info.Stride} bytes a row cannot have {info.Length} bytes";
        }

        return Enum.IsDefined(info.Status) && Enum.IsDefined(info.DeviceClock) ? null : "the status or the clock of a frame is unknown";
    }

    private static byte[] NameBytes(string camera)
    {
        var bytes = Encoding.UTF8.GetBytes(camera);
        return bytes.Length <= MaxNameBytes ? bytes : bytes[..MaxNameBytes];
    }
}
