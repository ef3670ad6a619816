using Hardening.Camera;

namespace Hardening.Dashboard.Tests.Pictures;

/// <summary>What a frame's bytes mean, read the simple way: pixel by pixel, from what the format's definition says.</summary>
internal static class RawPictures
{
    public static readonly PixelFormat[] Formats =
    [
        PixelFormat.Mono8, PixelFormat.Mono10, PixelFormat.Mono10p, PixelFormat.Mono12, PixelFormat.Mono12p, PixelFormat.Mono16, PixelFormat.BayerGR8, PixelFormat.BayerRG8,
        PixelFormat.BayerGB8, PixelFormat.BayerBG8, PixelFormat.RGB8, PixelFormat.BGR8, PixelFormat.YUV422_8, PixelFormat.YUV422_8_UYVY,
    ];

    public static FrameInfo Info(PixelFormat format, int width, int height, int padding = 0) => new()
    {
        Camera = "test", Sequence = 7, HostTimestamp = 0, Width = width, Height = height, PixelFormat = format,
        Stride = format.RowBytes(width) + padding, Length = (format.RowBytes(width) + padding) * height,
    };

    /// <summary>The mean of a box of pixels, a value for each channel.</summary>
    public static double[] Mean(in FrameInfo info, byte[] bytes, int left, int top, int width, int height)
    {
        var (sums, counts) = (new double[3], new int[3]);
        for (var y = top; y < top + height; y++)
        {
            for (var x = left; x < left + width; x++)
            {
                foreach (var (channel, value) in Pixel(info, bytes, x, y))
                {
                    sums[channel] += value;
                    counts[channel]++;
                }
            }
        }

        return [.. sums.Zip(counts, (sum, count) => count == 0 ? 0 : sum / count)];
    }

    private static IEnumerable<(int Channel, double Value)> Pixel(FrameInfo info, byte[] bytes, int x, int y)
    {
        var row = bytes.AsSpan(y * info.Stride, info.PixelFormat.RowBytes(info.Width)).ToArray();
        switch (info.PixelFormat)
        {
            case PixelFormat.Mono8:
                return [(0, row[x])];
            case PixelFormat.Mono10:
                return [(0, Math.Min(255, (row[2 * x] | (row[(2 * x) + 1] << 8)) >> 2))];
            case PixelFormat.Mono12:
                return [(0, Math.Min(255, (row[2 * x] | (row[(2 * x) + 1] << 8)) >> 4))];
            case PixelFormat.Mono16:
                return [(0, row[(2 * x) + 1])];
            case PixelFormat.Mono10p:
                return [(0, Bits(row, 10 * x, 10) >> 2)];
            case PixelFormat.Mono12p:
                return [(0, Bits(row, 12 * x, 12) >> 4)];
            case PixelFormat.RGB8:
                return [(0, row[3 * x]), (1, row[(3 * x) + 1]), (2, row[(3 * x) + 2])];
            case PixelFormat.BGR8:
                return [(2, row[3 * x]), (1, row[(3 * x) + 1]), (0, row[(3 * x) + 2])];
            case PixelFormat.YUV422_8:
                return Colour(row[2 * x], row[(4 * (x / 2)) + 1], row[(4 * (x / 2)) + 3]);
            case PixelFormat.YUV422_8_UYVY:
                return Colour(row[(2 * x) + 1], row[4 * (x / 2)], row[(4 * (x / 2)) + 2]);
            default:
                var cell = info.PixelFormat.ToString()["Bayer".Length..^1] switch
                {
                    "RG" => "RGGB",
                    "GR" => "GRBG",
                    "GB" => "GBRG",
                    _ => "BGGR",
                };
                return [("RGB".IndexOf(cell[(2 * (y % 2)) + (x % 2)], StringComparison.Ordinal), row[x])];
        }
    }

    private static int Bits(byte[] row, int from, int count)
    {
        var value = 0;
        for (var i = 0; i < count; i++)
        {
            value |= ((row[(from + i) / 8] >> ((from + i) % 8)) & 1) << i;
        }

        return value;
    }

    private static (int, double)[] Colour(double y, double u, double v) => [(0, y + (1.402 * (v - 128))), (1, y - (0.344 * (u - 128)) - (0.714 * (v - 128))), (2, y + (1.772 * (u - 128)))];
}
