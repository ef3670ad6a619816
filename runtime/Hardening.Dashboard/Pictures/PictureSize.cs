using Hardening.Camera;

namespace Hardening.Dashboard.Pictures;

/// <summary>How large a small picture of a frame is, and how many pixels of the frame make one of it.</summary>
/// <param name="Width">Pixels in a row; 0 where no picture can be made.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1: grey. 3: red, green, blue.</param>
/// <param name="BoxWidth">Columns of the frame in a pixel of the picture.</param>
/// <param name="BoxHeight">Rows of the frame in a pixel of the picture.</param>
internal readonly record struct PictureSize(int Width, int Height, int Channels, int BoxWidth, int BoxHeight)
{
    /// <summary>No picture is wider or higher.</summary>
    public const int MaxSide = 160;

    /// <summary>The most bytes that a picture has.</summary>
    public const int MaxBytes = MaxSide * MaxSide * 3;

    private const int MostColumns = 1 << 20; // no sensor has more

    public int Bytes => Width * Height * Channels;

    public static bool Supports(PixelFormat format) => ChannelsOf(format) > 0;

    /// <summary>That of a frame, as far as its bytes go: of a damaged one, rows may be missing.</summary>
    public static PictureSize Of(in FrameInfo frame, int bytes)
    {
        var channels = ChannelsOf(frame.PixelFormat);
        if (channels == 0 || frame.Width is < 1 or > MostColumns || frame.Height < 1 || frame.Stride < 1)
        {
            return default;
        }

        var rowBytes = frame.PixelFormat.RowBytes(frame.Width);
        var rows = (int)Math.Min(frame.Height, bytes < rowBytes ? 0 : ((long)(bytes - rowBytes) / frame.Stride) + 1);
        var factor = Math.Max(DivideUp(frame.Width, MaxSide), DivideUp(frame.Height, MaxSide));
        var (pairColumns, pairRows) = (IsBayer(frame.PixelFormat) || IsYuv(frame.PixelFormat), IsBayer(frame.PixelFormat));
        factor += pairColumns ? factor & 1 : 0; // a box begins where the pattern does
        var boxWidth = Math.Min(factor, pairColumns ? frame.Width & ~1 : frame.Width);
        var boxHeight = Math.Min(factor, pairRows ? rows & ~1 : rows);
        return rows == 0 || boxWidth == 0 || boxHeight == 0 ? default : new PictureSize(frame.Width / boxWidth, rows / boxHeight, channels, boxWidth, boxHeight) is { Width: <= MaxSide, Height: <= MaxSide } size ? size : default;
    }

    public static bool IsBayer(PixelFormat format) => format is PixelFormat.BayerGR8 or PixelFormat.BayerRG8 or PixelFormat.BayerGB8 or PixelFormat.BayerBG8;

    public static bool IsYuv(PixelFormat format) => format is PixelFormat.YUV422_8 or PixelFormat.YUV422_8_UYVY;

    private static int ChannelsOf(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 or PixelFormat.Mono10 or PixelFormat.Mono10p or PixelFormat.Mono12 or PixelFormat.Mono12p or PixelFormat.Mono16 => 1,
        PixelFormat.RGB8 or PixelFormat.BGR8 => 3,
        _ => IsBayer(format) || IsYuv(format) ? 3 : 0,
    };

    private static int DivideUp(int value, int by) => (value + by - 1) / by;
}
