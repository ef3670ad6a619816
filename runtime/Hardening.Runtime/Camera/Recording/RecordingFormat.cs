using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hardening.Camera.Recording;

/// <summary>The bytes of a recording, as docs/runtime/recordings.md has them. All numbers are little-endian.</summary>
internal static class RecordingFormat
{
    public const uint Version = 1;
    public const string Extension = ".hfr";
    public const int FileHeaderBytes = 64;  // the camera's name follows
    public const int FrameHeaderBytes = 80; // the metadata follow
    public const int IndexHeaderBytes = 24; // the entries follow
    public const int IndexEntryBytes = 24;
    public const int FooterBytes = 64;
    public const int MagicBytes = 8;
    public const int ChecksumOffset = 16;   // the same in every part
    public const int MaxHeaderBytes = 1 << 20;
    public const int MaxPixelBytes = 1 << 30;

    /// <summary>A file has no more frames than this, so that its index stays small in memory.</summary>
    public const int MaxFramesPerFile = 65_536;

    // As in PNG: the first byte is no text, and the line ends show a transfer that changed them.
    public static ReadOnlySpan<byte> FileMagic => [0x89, (byte)'H', (byte)'F', (byte)'R', (byte)'H', 0x0D, 0x0A, 0x1A];

    public static ReadOnlySpan<byte> FrameMagic => [0x89, (byte)'H', (byte)'F', (byte)'R', (byte)'F', 0x0D, 0x0A, 0x1A];

    public static ReadOnlySpan<byte> IndexMagic => [0x89, (byte)'H', (byte)'F', (byte)'R', (byte)'I', 0x0D, 0x0A, 0x1A];

    public static ReadOnlySpan<byte> FooterMagic => [0x89, (byte)'H', (byte)'F', (byte)'R', (byte)'E', 0x0D, 0x0A, 0x1A];

    /// <summary>Writes the checksum of a part, taken as if its own bytes were 0, into it.</summary>
    public static void Seal(Span<byte> part)
    {
        Write(part, ChecksumOffset, 0u);
        Write(part, ChecksumOffset, Crc32.Compute(part));
    }

    /// <summary>Whether the part is as it was sealed. Leaves it as it was.</summary>
    public static bool IsSealed(Span<byte> part)
    {
        var expected = UInt32(part, ChecksumOffset);
        Write(part, ChecksumOffset, 0u);
        var isSealed = Crc32.Compute(part) == expected;
        Write(part, ChecksumOffset, expected);
        return isSealed;
    }

    public static void Write(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    public static void Write(Span<byte> bytes, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes[offset..], value);

    public static void Write(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    public static void Write(Span<byte> bytes, int offset, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes[offset..], value);

    public static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    public static int Int32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    public static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    public static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}

/// <summary>The fixed part of a frame's header.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedFrame
{
    /// <summary>Where in the file the record begins.</summary>
    public long Offset { get; init; }

    public int HeaderBytes { get; init; }

    public int PixelBytes { get; init; }

    public uint PixelChecksum { get; init; }

    /// <summary>The record's number in its file, from 0: tells how many damaged ones are between two whole ones.</summary>
    public long Number { get; init; }

    public long Sequence { get; init; }

    /// <summary>Nanoseconds from the start of the file.</summary>
    public long HostTime { get; init; }

    public ulong DeviceTimestamp { get; init; }

    public FrameClock DeviceClock { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public int Stride { get; init; }

    public PixelFormat PixelFormat { get; init; }

    public FrameStatus Status { get; init; }

    public int MetadataCount { get; init; }

    public long PixelOffset => Offset + HeaderBytes;

    public long End => PixelOffset + PixelBytes;

    /// <summary>Writes all but the metadata and the checksum of the header.</summary>
    public void WriteTo(Span<byte> header)
    {
        RecordingFormat.FrameMagic.CopyTo(header);
        RecordingFormat.Write(header, 8, HeaderBytes);
        RecordingFormat.Write(header, 12, PixelBytes);
        RecordingFormat.Write(header, 20, PixelChecksum);
        RecordingFormat.Write(header, 24, Number);
        RecordingFormat.Write(header, 32, Sequence);
        RecordingFormat.Write(header, 40, HostTime);
        RecordingFormat.Write(header, 48, (long)DeviceTimestamp);
        RecordingFormat.Write(header, 56, Width);
        RecordingFormat.Write(header, 60, Height);
        RecordingFormat.Write(header, 64, Stride);
        RecordingFormat.Write(header, 68, (uint)PixelFormat);
        header[72] = (byte)Status;
        header[73] = (byte)DeviceClock;
        RecordingFormat.Write(header, 74, (ushort)MetadataCount);
        RecordingFormat.Write(header, 76, 0u);
    }

    /// <summary>Reads a header whose checksum has been found right.</summary>
    public static RecordedFrame ReadFrom(ReadOnlySpan<byte> header, long offset) => new()
    {
        Offset = offset,
        HeaderBytes = RecordingFormat.Int32(header, 8),
        PixelBytes = RecordingFormat.Int32(header, 12),
        PixelChecksum = RecordingFormat.UInt32(header, 20),
        Number = RecordingFormat.Int64(header, 24),
        Sequence = RecordingFormat.Int64(header, 32),
        HostTime = RecordingFormat.Int64(header, 40),
        DeviceTimestamp = (ulong)RecordingFormat.Int64(header, 48),
        Width = RecordingFormat.Int32(header, 56),
        Height = RecordingFormat.Int32(header, 60),
        Stride = RecordingFormat.Int32(header, 64),
        PixelFormat = (PixelFormat)RecordingFormat.UInt32(header, 68),
        Status = (FrameStatus)header[72],
        DeviceClock = (FrameClock)header[73],
        MetadataCount = RecordingFormat.UInt16(header, 74),
    };
}
