using System.Runtime.InteropServices;

namespace Hardening.Camera.Pictures;

/// <summary>The header of a binary PGM or PPM file.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PictureHeader(int Width, int Height, int Channels, int MaxValue, int PixelOffset)
{
    public const int MaxBytes = 65_536;
    public const int MaxSide = 65_535;

    private const PixelFormat RGB16 = (PixelFormat)0x02300033;

    /// <summary>Samples of two bytes are big-endian in the file.</summary>
    public int SampleBytes => MaxValue > 255 ? 2 : 1;

    public int Stride => Width * Channels * SampleBytes;

    public long PixelBytes => (long)Stride * Height;

    public PixelFormat PixelFormat => (Channels, MaxValue) switch
    {
        (3, > 255) => RGB16,
        (3, _) => PixelFormat.RGB8,
        (_, 1023) => PixelFormat.Mono10,
        (_, 4095) => PixelFormat.Mono12,
        (_, > 255) => PixelFormat.Mono16,
        _ => PixelFormat.Mono8,
    };

    /// <summary>Reads a header.</summary>
    /// <param name="path">The name of the file, for messages.</param>
    /// <param name="bytes">Its first <see cref="MaxBytes"/> bytes, or all that it has.</param>
    /// <param name="length">How many it has.</param>
    /// <exception cref="InvalidDataException">It is no such file; the message names the file and the byte.</exception>
    public static PictureHeader Parse(string path, ReadOnlySpan<byte> bytes, long length)
    {
        var at = 2;
        var channels = bytes switch
        {
            [(byte)'P', (byte)'5', ..] => 1,
            [(byte)'P', (byte)'6', ..] => 3,
            [(byte)'P', >= (byte)'1' and <= (byte)'7', ..] => throw Malformed(1, "only binary PGM and PPM (P5, P6) are read"),
            _ => throw Malformed(0, "it begins neither with P5 nor with P6"),
        };
        var width = Number(bytes, "width", MaxSide);
        var height = Number(bytes, "height", MaxSide);
        var maxValue = Number(bytes, "largest value", 65_535);
        if (at >= bytes.Length || !IsSpace(bytes[at]))
        {
            throw Malformed(at, "there is no white space after the largest value");
        }

        var header = new PictureHeader(width, height, channels, maxValue, at + 1);
        if (header.PixelBytes > 1 << 30)
        {
            throw Malformed(2, $"{width} × {height} pixels are more than 1 GiB");
        }

        return length - header.PixelOffset >= header.PixelBytes
            ? header
            : throw Malformed(length, $"it ends there, and {width} × {height} pixels need {header.PixelBytes - (length - header.PixelOffset):N0} bytes more");

        int Number(ReadOnlySpan<byte> bytes, string what, int most)
        {
            SkipSpace(bytes);
            var begin = at;
            var value = 0L;
            for (; at < bytes.Length && char.IsAsciiDigit((char)bytes[at]) && value <= most; at++)
            {
                value = (value * 10) + (bytes[at] - '0');
            }

            return at > begin && value >= 1 && value <= most ? (int)value : throw Malformed(begin, $"there should be its {what}, 1 to {most}");
        }

        // A comment goes from # to the end of its line.
        void SkipSpace(ReadOnlySpan<byte> bytes)
        {
            for (var isComment = false; at < bytes.Length && (isComment || bytes[at] == '#' || IsSpace(bytes[at])); at++)
            {
                isComment = bytes[at] is not ((byte)'\n' or (byte)'\r') && (isComment || bytes[at] == '#');
            }
        }

        InvalidDataException Malformed(long offset, string why) => new($"'{path}' cannot be read at byte {offset}: {why}.");
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
