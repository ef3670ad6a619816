namespace Inspection.Work;

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
    private readonly Surface _fine = new(width, height);
    private readonly byte[] _half = new byte[(width / 2) * (height / 2)];
    private readonly Surface _coarse = new(width / 2, height / 2);
    private readonly DefectFinder _finder = new(width);

    /// <summary>How evenly the scene of the last frame was lit: one entry per block.</summary>
    public ReadOnlySpan<BlockStatistic> Blocks => _blocks;

    /// <summary>The fine texture of the last frame: <see cref="TextureEnergy.Maps"/> entries per block.</summary>
    public ReadOnlySpan<ushort> FineTexture => _fine.Energies;

    /// <summary>Its coarse texture, of the picture at half its size.</summary>
    public ReadOnlySpan<ushort> CoarseTexture => _coarse.Energies;

    /// <summary>The operator's picture of the last frame, RGB. Whoever takes it leaves another of the same length in its place.</summary>
    public byte[] Picture
    {
        get => field ??= new byte[Annotation.Bytes(width, height)]; // not made where pictures are drawn elsewhere
        set;
    }

    /// <summary>Inspects one frame, and draws <see cref="Picture"/>.</summary>
    public DefectReport Inspect(ReadOnlySpan<byte> pixels, int stride) => Inspect(pixels, stride, Picture);

    /// <summary>Inspects one frame.</summary>
    /// <param name="pixels">The frame.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="picture">Gets the operator's picture, <see cref="Annotation.Bytes"/> long.</param>
    public DefectReport Inspect(ReadOnlySpan<byte> pixels, int stride, Span<byte> picture)
    {
        NoiseFilter.Median3x3(pixels, width, height, stride, _filtered);
        var histogram = Histogram.Count(_filtered, _histogram);
        var threshold = ChooseThreshold(histogram);
        BlockStatistics.Compute(_filtered, width, height, width, _blocks);
        _fine.Measure(_filtered);
        HalfSize.Compute(_filtered, width, height, _half);
        _coarse.Measure(_half);
        _finder.Find(_filtered, width, height, width, threshold);
        Annotation.Draw(_filtered, width, height, _finder.Defects, picture);
        return new DefectReport(_finder, threshold);
    }

    // Half way between the surface and white: defects are far brighter than the surface, and never cover three quarters of a picture.
    private byte ChooseThreshold(ReadOnlySpan<int> histogram)
    {
        var surface = Histogram.Percentile(histogram, width * height, 0.25);
        return (byte)((surface + byte.MaxValue + 1) / 2);
    }

    /// <summary>The texture at one scale, with the buffers that it takes.</summary>
    private sealed class Surface(int width, int height)
    {
        private readonly LocalContrast _contrast = new(width);
        private readonly short[] _surface = new short[width * height];
        private readonly TextureEnergy _texture = new(width);

        public ushort[] Energies { get; } = new ushort[BlockStatistics.Count(width, height) * TextureEnergy.Maps];

        public void Measure(ReadOnlySpan<byte> pixels)
        {
            _contrast.Compute(pixels, height, _surface);
            _texture.Compute(_surface, height, Energies);
        }
    }
}
