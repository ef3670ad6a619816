using System.Numerics;
using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>Mean and variance of one block of 8 × 8 pixels.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BlockStatistic(byte Mean, ushort Variance);

/// <summary>Mean and variance per block of 8 × 8 pixels: how evenly the scene is lit, and where it is in focus. What remains at the right and lower border is left out.</summary>
public static class BlockStatistics
{
    /// <summary>Pixels along the side of a block.</summary>
    public const int Side = 8;

    private const int Area = Side * Side;

    /// <summary>How many blocks a picture has.</summary>
    public static int Count(int width, int height) => (width / Side) * (height / Side);

    /// <summary>Fills one entry per block, row by row of blocks.</summary>
    public static void Compute(ReadOnlySpan<byte> pixels, int width, int height, int stride, Span<BlockStatistic> blocks)
    {
        var across = width / Side;
        for (var row = 0; row < height / Side; row++)
        {
            ComputeRow(pixels.Slice(row * Side * stride), across, stride, blocks.Slice(row * across, across));
        }
    }

    private static void ComputeRow(ReadOnlySpan<byte> pixels, int across, int stride, Span<BlockStatistic> blocks)
    {
        var lanes = Vector<byte>.Count;
        var blocksPerStep = lanes / Side;
        Span<ushort> sums = stackalloc ushort[lanes];
        Span<uint> squares = stackalloc uint[lanes];
        var block = 0;
        for (; block + blocksPerStep <= across; block += blocksPerStep)
        {
            SumColumns(pixels[(block * Side)..], stride, sums, squares);
            for (var i = 0; i < blocksPerStep; i++)
            {
                uint sum = 0, square = 0;
                for (var column = i * Side; column < (i + 1) * Side; column++)
                {
                    sum += sums[column];
                    square += squares[column];
                }

                blocks[block + i] = Summarize(sum, square);
            }
        }

        for (; block < across; block++)
        {
            blocks[block] = ComputeOne(pixels[(block * Side)..], stride);
        }
    }

    private static void SumColumns(ReadOnlySpan<byte> pixels, int stride, Span<ushort> sums, Span<uint> squares)
    {
        var (sumLow, sumHigh) = (Vector<ushort>.Zero, Vector<ushort>.Zero);
        var (square0, square1, square2, square3) = (Vector<uint>.Zero, Vector<uint>.Zero, Vector<uint>.Zero, Vector<uint>.Zero);
        for (var y = 0; y < Side; y++)
        {
            Vector.Widen(new Vector<byte>(pixels[(y * stride)..]), out var low, out var high);
            sumLow += low;
            sumHigh += high;
            Vector.Widen(low * low, out var a, out var b); // 255² still fits 16 bits
            Vector.Widen(high * high, out var c, out var d);
            square0 += a;
            square1 += b;
            square2 += c;
            square3 += d;
        }

        var wide = Vector<uint>.Count;
        sumLow.CopyTo(sums);
        sumHigh.CopyTo(sums[Vector<ushort>.Count..]);
        square0.CopyTo(squares);
        square1.CopyTo(squares[wide..]);
        square2.CopyTo(squares[(2 * wide)..]);
        square3.CopyTo(squares[(3 * wide)..]);
    }

    private static BlockStatistic ComputeOne(ReadOnlySpan<byte> pixels, int stride)
    {
        uint sum = 0, square = 0;
        for (var y = 0; y < Side; y++)
        {
            foreach (var pixel in pixels.Slice(y * stride, Side))
            {
                sum += pixel;
                square += (uint)(pixel * pixel);
            }
        }

        return Summarize(sum, square);
    }

    // Area · Σx² − (Σx)² in whole numbers: no rounding, so the vectorised and the plain way agree exactly.
    private static BlockStatistic Summarize(uint sum, uint square) =>
        new((byte)(sum / Area), (ushort)(((Area * square) - (sum * sum)) / (Area * Area)));
}
