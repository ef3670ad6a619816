using System.Numerics;

namespace Inspection.Work;

/// <summary>
/// What remains of a picture when the mean of each pixel's surroundings of 15 × 15 is taken off: the surface without the light that falls on it. Halved, so that
/// the filters of <see cref="TextureEnergy"/> get along with 16 bits. An instance is the scratch; one thread at a time.
/// </summary>
public sealed class LocalContrast
{
    private const int Reach = 7;
    private const int Window = (2 * Reach) + 1;

    private readonly int _width;
    private readonly ushort[] _columns; // the sum of each column of the window, with as many more on either side as the window reaches

    /// <summary>Allocates the scratch for pictures of this width.</summary>
    public LocalContrast(int width) => (_width, _columns) = (width, new ushort[width + (2 * Reach) + 1]);

    /// <summary>Fills one entry per pixel, −127 to 127. Borders count as often as the window stands over them.</summary>
    /// <param name="pixels">The picture, without padding between its rows.</param>
    /// <param name="height">Rows.</param>
    /// <param name="contrast">The result.</param>
    public void Compute(ReadOnlySpan<byte> pixels, int height, Span<short> contrast)
    {
        var sums = _columns.AsSpan(Reach, _width);
        sums.Clear();
        for (var y = -Reach; y <= Reach; y++)
        {
            MoveDown(Row(pixels, y, height), default, sums);
        }

        for (var y = 0; y < height; y++)
        {
            _columns.AsSpan(0, Reach).Fill(sums[0]);
            _columns.AsSpan(Reach + _width).Fill(sums[^1]);
            Subtract(Row(pixels, y, height), _columns, contrast.Slice(y * _width, _width));
            MoveDown(Row(pixels, y + Reach + 1, height), Row(pixels, y - Reach, height), sums);
        }
    }

    private ReadOnlySpan<byte> Row(ReadOnlySpan<byte> pixels, int y, int height) => pixels.Slice(Math.Clamp(y, 0, height - 1) * _width, _width);

    private static void MoveDown(ReadOnlySpan<byte> enters, ReadOnlySpan<byte> leaves, Span<ushort> sums)
    {
        var x = 0;
        for (; x + Vector<byte>.Count <= enters.Length; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(enters[x..]), out var low, out var high);
            if (!leaves.IsEmpty)
            {
                Vector.Widen(new Vector<byte>(leaves[x..]), out var leavesLow, out var leavesHigh);
                low -= leavesLow; // wraps below zero, and back again in the sum
                high -= leavesHigh;
            }

            (new Vector<ushort>(sums[x..]) + low).CopyTo(sums[x..]);
            (new Vector<ushort>(sums[(x + Vector<ushort>.Count)..]) + high).CopyTo(sums[(x + Vector<ushort>.Count)..]);
        }

        for (; x < enters.Length; x++)
        {
            sums[x] += (ushort)(enters[x] - (leaves.IsEmpty ? 0 : leaves[x]));
        }
    }

    private static void Subtract(ReadOnlySpan<byte> row, ReadOnlySpan<ushort> columns, Span<short> contrast)
    {
        var sum = 0u;
        foreach (var column in columns[..Window])
        {
            sum += column;
        }

        var enters = columns[Window..];
        for (var x = 0; x < row.Length; x++)
        {
            contrast[x] = (short)((row[x] - (int)(sum / (Window * Window))) / 2);
            sum += (uint)(enters[x] - columns[x]);
        }
    }
}
