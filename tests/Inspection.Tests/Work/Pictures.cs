using Inspection.Work;

namespace Inspection.Tests.Work;

/// <summary>Pictures whose content is known.</summary>
internal static class Pictures
{
    /// <summary>Sizes around the widths of vectors and blocks, narrow ones included.</summary>
    public static readonly object[][] Sizes = [[3, 3], [5, 4], [8, 8], [17, 9], [31, 16], [33, 24], [64, 64], [67, 41], [160, 120], [255, 33]];

    public static byte[] Noise(int width, int height, int seed, byte least = 0, byte most = 255)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.Next(least, most + 1);
        }

        return pixels;
    }

    /// <summary>A dark textured picture with bright squares, one in some of the cells of 32 × 32; cells at the right and lower border may be smaller.</summary>
    public static (byte[] Pixels, List<(int X, int Y, int Size)> Squares) Scene(int width, int height, int stride, int seed)
    {
        const int cell = 32;
        var random = new Random(seed);
        var pixels = Noise(stride, height, seed, 40, 120);
        var squares = new List<(int, int, int)>();
        for (var top = 0; top < height; top += cell)
        {
            for (var left = 0; left < width; left += cell)
            {
                var room = Math.Min(Math.Min(cell, width - left), Math.Min(cell, height - top));
                var size = random.Next(6, 25);
                if (random.Next(4) > 0 || size + 2 > room)
                {
                    continue;
                }

                // Flush with the borders of the picture as well: there is no neighbour to keep away from.
                var x = left + random.Next(room - size - 1);
                var y = top + random.Next(room - size - 1);
                x = random.Next(3) == 0 && width - left <= cell ? width - size : x;
                y = random.Next(3) == 0 && height - top <= cell ? height - size : y;
                squares.Add((x, y, size));
                for (var row = y; row < y + size; row++)
                {
                    pixels.AsSpan((row * stride) + x, size).Fill(220);
                }
            }
        }

        return (pixels, squares);
    }

    /// <summary>The plain way to find components: flood fill from each bright pixel, in the order of the pixels.</summary>
    public static List<Defect> FloodFill(ReadOnlySpan<byte> pixels, int width, int height, int stride, byte threshold)
    {
        var seen = new bool[width * height];
        var found = new List<Defect>();
        var open = new Stack<(int X, int Y)>();
        for (var start = 0; start < width * height; start++)
        {
            var (left, top, right, bottom, area) = (int.MaxValue, int.MaxValue, 0, 0, 0);
            Visit(pixels, start % width, start / width);
            while (open.TryPop(out var at))
            {
                (left, top, right, bottom, area) = (Math.Min(left, at.X), Math.Min(top, at.Y), Math.Max(right, at.X + 1), Math.Max(bottom, at.Y + 1), area + 1);
                for (var neighbour = 0; neighbour < 9; neighbour++)
                {
                    Visit(pixels, at.X + (neighbour % 3) - 1, at.Y + (neighbour / 3) - 1);
                }
            }

            if (area > 0)
            {
                found.Add(new Defect(left, top, right - left, bottom - top, area));
            }
        }

        return found;

        void Visit(ReadOnlySpan<byte> image, int x, int y)
        {
            if (x >= 0 && y >= 0 && x < width && y < height && !seen[(y * width) + x] && image[(y * stride) + x] >= threshold)
            {
                seen[(y * width) + x] = true;
                open.Push((x, y));
            }
        }
    }
}
