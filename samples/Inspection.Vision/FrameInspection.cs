namespace Inspection.Vision;

/// <summary>
/// The work on one frame, the same for both servers: filter the noise, count the levels and choose the threshold from them, measure light and texture
/// per block, find the defects, draw the operator's picture. The buffers are part of the instance: a server makes one per frame or keeps one, which is its own affair.
/// </summary>
/// <param name="width">Pixels in a row.</param>
/// <param name="height">Rows.</param>
public sealed class FrameInspection(int width, int height)
{
    private readonly byte[] _filtered = new byte[width * height];
    private readonly BlockStatistic[] _blocks = new BlockStatistic[BlockStatistics.Count(width, height)];
    private readonly int[] _histogram = new int[Histogram.ScratchLength];
    private readonly TextureEnergy _texture = new(width);
    private readonly ushort[] _energies = new ushort[BlockStatistics.Count(width, height) * TextureEnergy.Maps];
    private readonly DefectFinder _finder = new(width);

    /// <summary>The smallest side of a picture that the filter can take.</summary>
    public const int MinSide = 3;

    /// <summary>What the last frame showed, in the order of each one's first pixel. Areas are those after the filter, which rounds corners off; boxes are exact.</summary>
    public ReadOnlySpan<Defect> Defects => _finder.Defects;

    /// <summary>Whether the last frame had more components than can be told apart: it does not show what this inspection is made for.</summary>
    public bool Overflowed => _finder.Overflowed;

    /// <summary>The brightness from which a pixel of the last frame counted as defect.</summary>
    public byte Threshold { get; private set; }

    /// <summary>How evenly the scene of the last frame was lit: one entry per block.</summary>
    public ReadOnlySpan<BlockStatistic> Blocks => _blocks;

    /// <summary>The texture of the last frame: <see cref="TextureEnergy.Maps"/> entries per block.</summary>
    public ReadOnlySpan<ushort> Texture => _energies;

    /// <summary>The operator's picture of the last frame, RGB. Whoever takes it leaves another of the same length in its place.</summary>
    public byte[] Picture { get; set; } = new byte[Annotation.Bytes(width, height)];

    /// <summary>Inspects one frame.</summary>
    /// <returns>The number of defects.</returns>
    public int Inspect(ReadOnlySpan<byte> pixels, int stride)
    {
        NoiseFilter.Median3x3(pixels, width, height, stride, _filtered);
        var histogram = Histogram.Count(_filtered, _histogram);
        Threshold = ChooseThreshold(histogram);
        BlockStatistics.Compute(_filtered, width, height, width, _blocks);
        _texture.Compute(_filtered, height, _energies);
        var defects = _finder.Find(_filtered, width, height, width, Threshold);
        Annotation.Draw(_filtered, width, height, _finder.Defects, Picture);
        return defects;
    }

    // Half way between the surface and white: defects are far brighter than the surface, and cover less than half of any picture.
    private byte ChooseThreshold(ReadOnlySpan<int> histogram)
    {
        var surface = Histogram.Percentile(histogram, width * height, 0.5);
        return (byte)((surface + byte.MaxValue + 1) / 2);
    }
}
