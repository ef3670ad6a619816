using System.Diagnostics.CodeAnalysis;

namespace Hardening.Camera;

/// <summary>How the pixels of a frame are laid out: names and 32-bit codes of the GenICam Pixel Format Naming Convention (PFNC 2.x).</summary>
/// <remarks>A code that is not named here is still valid: bits 16 to 23 of every code give the bits that a pixel occupies.</remarks>
[SuppressMessage("Naming", "CA1707:Identifiers should not contain underscores", Justification = "The standard's names.")]
public enum PixelFormat : uint
{
    /// <summary>Not known.</summary>
    Undefined = 0,

    /// <summary>Grey, 8 bits.</summary>
    Mono8 = 0x01080001,

    /// <summary>Grey, 10 bits in 16, little-endian.</summary>
    Mono10 = 0x01100003,

    /// <summary>Grey, 10 bits, packed without gaps, least significant bit first.</summary>
    Mono10p = 0x010A0046,

    /// <summary>Grey, 12 bits in 16, little-endian.</summary>
    Mono12 = 0x01100005,

    /// <summary>Grey, 12 bits, packed without gaps, least significant bit first.</summary>
    Mono12p = 0x010C0047,

    /// <summary>Grey, 16 bits, little-endian.</summary>
    Mono16 = 0x01100007,

    /// <summary>Bayer mosaic, 8 bits, the first row begins green, red.</summary>
    BayerGR8 = 0x01080008,

    /// <summary>Bayer mosaic, 8 bits, the first row begins red, green.</summary>
    BayerRG8 = 0x01080009,

    /// <summary>Bayer mosaic, 8 bits, the first row begins green, blue.</summary>
    BayerGB8 = 0x0108000A,

    /// <summary>Bayer mosaic, 8 bits, the first row begins blue, green.</summary>
    BayerBG8 = 0x0108000B,

    /// <summary>Red, green, blue, 8 bits each.</summary>
    RGB8 = 0x02180014,

    /// <summary>Blue, green, red, 8 bits each: OpenCV's order.</summary>
    BGR8 = 0x02180015,

    /// <summary>YUV 4:2:2, 8 bits, in the order Y U Y V.</summary>
    YUV422_8 = 0x02100032,

    /// <summary>YUV 4:2:2, 8 bits, in the order U Y V Y.</summary>
    YUV422_8_UYVY = 0x0210001F,
}

/// <summary>What a <see cref="PixelFormat"/> says of the bytes of a frame.</summary>
public static class PixelFormats
{
    extension(PixelFormat format)
    {
        /// <summary>The bits that one pixel occupies, 1 to 255; 0 for <see cref="PixelFormat.Undefined"/>.</summary>
        public int BitsPerPixel => (int)(((uint)format >> 16) & 0xFF);

        /// <summary>The bytes of one row of <paramref name="width"/> pixels without padding.</summary>
        public int RowBytes(int width) => checked((int)((((long)width * format.BitsPerPixel) + 7) / 8));
    }

    /// <summary>The format of this PFNC name, upper or lower case.</summary>
    /// <exception cref="FormatException">There is no such name; the message lists those that there are.</exception>
    public static PixelFormat Parse(string name) =>
        Enum.TryParse<PixelFormat>(name, ignoreCase: true, out var format) && Enum.IsDefined(format) && format != PixelFormat.Undefined
            && !char.IsAsciiDigit(name.TrimStart()[0])
            ? format
            : throw new FormatException($"'{name}' is not a pixel format that is known here; use one of {string.Join(", ", Enum.GetNames<PixelFormat>().Where(n => n != nameof(PixelFormat.Undefined)))}.");
}
