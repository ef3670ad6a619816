using Hardening.Camera;

namespace Hardening.Dashboard.Pictures;

/// <summary>
/// Makes a small picture of a frame's raw pixels: each pixel of it is the mean of a box, of all its columns and of up to four of its rows. 5 MP of Mono8 take some 0.2 ms; nothing is allocated.
/// </summary>
internal static class PictureMaker
{
    private const int MostRows = 4;
    private const int MostPackedRows = 2; // their bits are taken apart one by one

    /// <summary>How many sums a frame needs.</summary>
    public static int SumsOf(in FrameInfo frame) => 3 * (frame.Width + 1) * (PictureSize.IsBayer(frame.PixelFormat) ? 2 : 1);

    /// <summary>Makes one.</summary>
    /// <param name="frame">What is known of the frame.</param>
    /// <param name="pixels">Its bytes.</param>
    /// <param name="size">As <see cref="PictureSize.Of"/> says.</param>
    /// <param name="picture">Where to.</param>
    /// <param name="sums">Memory to work in, as <see cref="SumsOf"/> says.</param>
    public static void Make(in FrameInfo frame, ReadOnlySpan<byte> pixels, PictureSize size, Span<byte> picture, Span<ushort> sums)
    {
        var rowBytes = frame.PixelFormat.RowBytes(frame.Width);
        var isBayer = PictureSize.IsBayer(frame.PixelFormat);
        var columns = isBayer ? frame.Width : rowBytes * 8 / BitsPerSum(frame.PixelFormat);
        var step = isBayer ? 2 : 1;
        var units = size.BoxHeight / step;
        var isPacked = frame.PixelFormat is PixelFormat.Mono10p or PixelFormat.Mono12p;
        var taken = Math.Min(units, (isPacked ? MostPackedRows : MostRows) / step);
        for (var y = 0; y < size.Height; y++)
        {
            sums.Clear();
            for (var i = 0; i < taken; i++)
            {
                var row = (y * size.BoxHeight) + (step * (i * units / taken));
                for (var j = 0; j < step; j++)
                {
                    Add(pixels.Slice((row + j) * frame.Stride, rowBytes), frame.PixelFormat, frame.Width, sums.Slice(j * columns, columns));
                }
            }

            var line = picture.Slice(y * size.Width * size.Channels, size.Width * size.Channels);
            Reduce(frame.PixelFormat, size, taken, sums[..columns], isBayer ? sums.Slice(columns, columns) : default, line);
        }
    }

    private static int BitsPerSum(PixelFormat format) => format switch
    {
        PixelFormat.Mono10 or PixelFormat.Mono12 or PixelFormat.Mono16 => 16,
        PixelFormat.Mono10p => 10,
        PixelFormat.Mono12p => 12,
        _ => 8,
    };

    private static void Add(ReadOnlySpan<byte> row, PixelFormat format, int width, Span<ushort> sums)
    {
        switch (format)
        {
            case PixelFormat.Mono10:
                ColumnSums.AddWords(row, bits: 10, sums);
                break;
            case PixelFormat.Mono12:
                ColumnSums.AddWords(row, bits: 12, sums);
                break;
            case PixelFormat.Mono16:
                ColumnSums.AddWords(row, bits: 16, sums);
                break;
            case PixelFormat.Mono10p:
                ColumnSums.AddPacked(row, bits: 10, sums[..width]);
                break;
            case PixelFormat.Mono12p:
                ColumnSums.AddPacked(row, bits: 12, sums[..width]);
                break;
            default:
                ColumnSums.AddBytes(row, sums);
                break;
        }
    }

    private static void Reduce(PixelFormat format, PictureSize size, int rows, ReadOnlySpan<ushort> sums, ReadOnlySpan<ushort> odd, Span<byte> line)
    {
        var box = size.BoxWidth;
        switch (format)
        {
            case PixelFormat.RGB8:
                Pick(sums, 3, 3 * box, box * rows, line, red: 0, green: 1, blue: 2);
                break;
            case PixelFormat.BGR8:
                Pick(sums, 3, 3 * box, box * rows, line, red: 2, green: 1, blue: 0);
                break;
            case PixelFormat.BayerRG8:
                Bayer(sums, odd, box, rows, line, isRedOdd: 0);
                break;
            case PixelFormat.BayerGR8:
                Bayer(sums, odd, box, rows, line, isRedOdd: 1);
                break;
            case PixelFormat.BayerGB8:
                Bayer(odd, sums, box, rows, line, isRedOdd: 0);
                break;
            case PixelFormat.BayerBG8:
                Bayer(odd, sums, box, rows, line, isRedOdd: 1);
                break;
            case PixelFormat.YUV422_8:
                Yuv(sums, box, rows, line, luma: 0, u: 1);
                break;
            case PixelFormat.YUV422_8_UYVY:
                Yuv(sums, box, rows, line, luma: 1, u: 0);
                break;
            default:
                for (var x = 0; x < line.Length; x++)
                {
                    line[x] = Mean(Sum(sums.Slice(x * box, box), 0, 1), box * rows);
                }

                break;
        }
    }

    private static void Pick(ReadOnlySpan<ushort> sums, int step, int box, int count, Span<byte> line, int red, int green, int blue)
    {
        for (int x = 0, from = 0; x < line.Length; x += 3, from += box)
        {
            var cell = sums.Slice(from, box);
            line[x] = Mean(Sum(cell, red, step), count);
            line[x + 1] = Mean(Sum(cell, green, step), count);
            line[x + 2] = Mean(Sum(cell, blue, step), count);
        }
    }

    // Of the rows with red and of those with blue: green is in both, where the other colour is not.
    private static void Bayer(ReadOnlySpan<ushort> withRed, ReadOnlySpan<ushort> withBlue, int box, int rows, Span<byte> line, int isRedOdd)
    {
        var count = box / 2 * rows;
        for (int x = 0, from = 0; x < line.Length; x += 3, from += box)
        {
            var one = withRed.Slice(from, box);
            var other = withBlue.Slice(from, box);
            line[x] = Mean(Sum(one, isRedOdd, 2), count);
            line[x + 1] = Mean(Sum(one, 1 - isRedOdd, 2) + Sum(other, isRedOdd, 2), 2 * count);
            line[x + 2] = Mean(Sum(other, 1 - isRedOdd, 2), count);
        }
    }

    // BT.601 in the full range, as GigE Vision cameras have it.
    private static void Yuv(ReadOnlySpan<ushort> sums, int box, int rows, Span<byte> line, int luma, int u)
    {
        var count = (float)(box * rows);
        for (int x = 0, from = 0; x < line.Length; x += 3, from += 2 * box)
        {
            var cell = sums.Slice(from, 2 * box);
            var y = Sum(cell, luma, 2) / count;
            var blueness = (Sum(cell, u, 4) / (count / 2)) - 128;
            var redness = (Sum(cell, u + 2, 4) / (count / 2)) - 128;
            line[x] = Clamp(y + (1.402f * redness));
            line[x + 1] = Clamp(y - (0.344f * blueness) - (0.714f * redness));
            line[x + 2] = Clamp(y + (1.772f * blueness));
        }
    }

    private static int Sum(ReadOnlySpan<ushort> cell, int from, int step)
    {
        var sum = 0;
        for (var i = from; i < cell.Length; i += step)
        {
            sum += cell[i];
        }

        return sum;
    }

    private static byte Mean(int sum, int count) => (byte)((sum + (count / 2)) / count);

    private static byte Clamp(float value) => (byte)Math.Clamp(value + 0.5f, 0, byte.MaxValue);
}
