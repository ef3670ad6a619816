namespace Inspection.Work;

/// <summary>How often each brightness occurs.</summary>
public static class Histogram
{
    /// <summary>The number of levels of brightness.</summary>
    public const int Levels = 256;

    private const int Tables = 4;

    /// <summary>The length of the scratch that counting needs.</summary>
    public const int ScratchLength = Levels * Tables;

    /// <summary>Counts the pixels; the first <see cref="Levels"/> entries of the scratch are the result.</summary>
    /// <remarks>Four tables in turn: neighbouring pixels are often equal, and one counter could be raised only every few cycles.</remarks>
    public static ReadOnlySpan<int> Count(ReadOnlySpan<byte> pixels, Span<int> scratch)
    {
        scratch = scratch[..ScratchLength];
        scratch.Clear();
        Span<int> first = scratch[..Levels], second = scratch.Slice(Levels, Levels), third = scratch.Slice(2 * Levels, Levels), fourth = scratch.Slice(3 * Levels, Levels);
        var i = 0;
        for (; i + Tables <= pixels.Length; i += Tables)
        {
            first[pixels[i]]++;
            second[pixels[i + 1]]++;
            third[pixels[i + 2]]++;
            fourth[pixels[i + 3]]++;
        }

        for (; i < pixels.Length; i++)
        {
            first[pixels[i]]++;
        }

        for (var level = 0; level < Levels; level++)
        {
            first[level] += second[level] + third[level] + fourth[level];
        }

        return first;
    }

    /// <summary>The darkest level that at least this share of the pixels does not exceed.</summary>
    public static byte Percentile(ReadOnlySpan<int> histogram, int pixels, double share)
    {
        var rank = (long)Math.Ceiling(pixels * share);
        var level = 0;
        for (long seen = histogram[0]; seen < rank; seen += histogram[level])
        {
            level++;
        }

        return (byte)level;
    }
}
