using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>The median of each pixel and its eight neighbours, which removes single bad pixels and keeps edges. Borders count twice.</summary>
public static class NoiseFilter
{
    /// <summary>Filters one picture.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="width">Pixels in a row, 3 or more.</param>
    /// <param name="height">Rows.</param>
    /// <param name="stride">Bytes from one row of the source to the next.</param>
    /// <param name="filtered">The result, without padding between its rows.</param>
    public static void Median3x3(ReadOnlySpan<byte> source, int width, int height, int stride, Span<byte> filtered)
    {
        for (var y = 0; y < height; y++)
        {
            FilterRow(
                source.Slice(Math.Max(y - 1, 0) * stride, width),
                source.Slice(y * stride, width),
                source.Slice(Math.Min(y + 1, height - 1) * stride, width),
                filtered.Slice(y * width, width));
        }
    }

    private static void FilterRow(ReadOnlySpan<byte> above, ReadOnlySpan<byte> here, ReadOnlySpan<byte> below, Span<byte> filtered)
    {
        var last = here.Length - 1;
        filtered[0] = MedianAt(above, here, below, 0, 0, 1);
        filtered[last] = MedianAt(above, here, below, last - 1, last, last);

        var lanes = Vector<byte>.Count;
        if (last - 1 < lanes)
        {
            for (var x = 1; x < last; x++)
            {
                filtered[x] = MedianAt(above, here, below, x - 1, x, x + 1);
            }

            return;
        }

        for (var x = 1; x < last; x += lanes)
        {
            x = Math.Min(x, last - lanes); // the last step goes back a little rather than finishing pixel by pixel
            var (leftLow, leftMiddle, leftHigh) = Sort(Load(above, x - 1), Load(here, x - 1), Load(below, x - 1));
            var (low, middle, high) = Sort(Load(above, x), Load(here, x), Load(below, x));
            var (rightLow, rightMiddle, rightHigh) = Sort(Load(above, x + 1), Load(here, x + 1), Load(below, x + 1));
            Median(
                    Vector.Max(Vector.Max(leftLow, low), rightLow),
                    Median(leftMiddle, middle, rightMiddle),
                    Vector.Min(Vector.Min(leftHigh, high), rightHigh))
                .StoreUnsafe(ref MemoryMarshal.GetReference(filtered), (nuint)x);
        }
    }

    // No bounds check: the caller stays below `last`, and one of three loads is always the widest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Load(ReadOnlySpan<byte> row, int x) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<byte> Low, Vector<byte> Middle, Vector<byte> High) Sort(Vector<byte> a, Vector<byte> b, Vector<byte> c)
    {
        var (low, high) = (Vector.Min(a, b), Vector.Max(a, b));
        var middle = Vector.Max(low, Vector.Min(high, c));
        return (Vector.Min(low, c), middle, Vector.Max(high, c));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<byte> Median(Vector<byte> a, Vector<byte> b, Vector<byte> c) =>
        Vector.Max(Vector.Min(a, b), Vector.Min(Vector.Max(a, b), c));

    private static byte MedianAt(ReadOnlySpan<byte> above, ReadOnlySpan<byte> here, ReadOnlySpan<byte> below, int left, int middle, int right)
    {
        Span<byte> nine = [above[left], above[middle], above[right], here[left], here[middle], here[right], below[left], below[middle], below[right]];
        nine.Sort();
        return nine[4];
    }
}
