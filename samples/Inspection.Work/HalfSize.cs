namespace Inspection.Work;

/// <summary>The picture at half its size, each pixel the mean of four: what is coarse in it becomes fine enough for small filters.</summary>
public static class HalfSize
{
    /// <summary>Fills the smaller picture; an odd last row or column is left out.</summary>
    /// <param name="pixels">The picture, without padding between its rows.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="half">The result, without padding.</param>
    public static void Compute(ReadOnlySpan<byte> pixels, int width, int height, Span<byte> half)
    {
        var across = width / 2;
        for (var y = 0; y < height / 2; y++)
        {
            var above = pixels.Slice(2 * y * width, across * 2);
            var below = pixels.Slice(((2 * y) + 1) * width, across * 2);
            var row = half.Slice(y * across, across);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (byte)((above[2 * x] + above[(2 * x) + 1] + below[2 * x] + below[(2 * x) + 1]) / 4);
            }
        }
    }
}
