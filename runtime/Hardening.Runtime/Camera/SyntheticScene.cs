using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hardening.Camera;

/// <summary>A filled bright square in a synthetic frame, in pixels.</summary>
/// <param name="X">Its left column.</param>
/// <param name="Y">Its upper row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SyntheticDefect(int X, int Y, int Width, int Height);

/// <summary>
/// What a synthetic camera sees: a textured background of brightness 40 to 120 (of 255) that moves down one row per frame, and bright squares
/// (220) of 6 to 24 pixels that never touch, drawn anew for each frame. Everything follows from the seed and the number of the frame, so that results can be checked.
/// </summary>
/// <remarks>Thread-safe, but for <see cref="Render"/>, which may write one buffer at a time from each thread.</remarks>
public sealed class SyntheticScene
{
    /// <summary>The brightness of a defect, of 255.</summary>
    public const byte DefectLevel = 220;

    /// <summary>No pixel of the background is brighter, of 255.</summary>
    public const byte MaxBackgroundLevel = 120;

    private const int CellSize = 32; // a defect stays inside its cell, with a margin: no two touch
    private const int MinDefectSize = 6;
    private const int MaxDefectSize = 24;
    private const int MaxDefectsLimit = 64;

    private readonly int _width;
    private readonly int _height;
    private readonly int _columns;
    private readonly int _cells;
    private readonly int _maxDefects;
    private readonly ulong _seed;
    private readonly byte[] _background; // in the pixel format
    private readonly byte[] _defectRow;  // as many bright pixels as a defect is wide at most, in the pixel format

    internal SyntheticScene(SyntheticFrameSourceOptions options)
    {
        (_width, _height, _seed) = (options.Width, options.Height, (ulong)options.Seed);
        PixelBytes = options.PixelFormat.BitsPerPixel / 8;
        _columns = _width / CellSize;
        _cells = _columns * (_height / CellSize);
        _maxDefects = Math.Min(options.MaxDefects, _cells);
        _background = new byte[(long)_width * _height * PixelBytes];
        var random = new Random(options.Seed);
        for (var i = 0; i < _width * _height; i++)
        {
            var gradient = 40 + (40 * (i % _width) / _width);
            Put(_background, i, options.PixelFormat, (byte)(gradient + random.Next(MaxBackgroundLevel - 80 + 1)));
        }

        _defectRow = new byte[MaxDefectSize * PixelBytes];
        for (var i = 0; i < MaxDefectSize; i++)
        {
            Put(_defectRow, i, options.PixelFormat, DefectLevel);
        }
    }

    internal int PixelBytes { get; }

    internal int FrameBytes => _background.Length;

    /// <summary>How many defects the frame of this number shows.</summary>
    public int CountDefects(long sequence) => _maxDefects == 0 ? 0 : (int)(Draw(sequence, 0) % (ulong)(_maxDefects + 1));

    /// <summary>The defects that the frame of this number shows, in no particular order.</summary>
    /// <param name="sequence">The number of the frame.</param>
    /// <param name="defects">Where they are written; 64 always suffice.</param>
    /// <returns>How many there are.</returns>
    public int GetDefects(long sequence, Span<SyntheticDefect> defects)
    {
        var count = CountDefects(sequence);
        Span<int> taken = stackalloc int[MaxDefectsLimit];
        for (var i = 0; i < count; i++)
        {
            var draw = Draw(sequence, i + 1);
            var cell = (int)(draw % (ulong)_cells);
            while (taken[..i].Contains(cell))
            {
                cell = (cell + 1) % _cells;
            }

            taken[i] = cell;
            var size = MinDefectSize + (int)((draw >> 32) % (MaxDefectSize - MinDefectSize + 1));
            var play = CellSize - size - 1; // one free column and row after it
            var x = (cell % _columns * CellSize) + (int)((draw >> 40) % (ulong)play);
            var y = (cell / _columns * CellSize) + (int)((draw >> 48) % (ulong)play);
            defects[i] = new SyntheticDefect(x, y, size, size);
        }

        return count;
    }

    /// <summary>Draws the frame of this number.</summary>
    internal void Render(long sequence, Span<byte> pixels)
    {
        var stride = _width * PixelBytes;
        var scrolled = (int)(sequence % _height) * stride;
        _background.AsSpan(_background.Length - scrolled).CopyTo(pixels);
        _background.AsSpan(0, _background.Length - scrolled).CopyTo(pixels[scrolled..]);
        Span<SyntheticDefect> defects = stackalloc SyntheticDefect[MaxDefectsLimit];
        foreach (var defect in defects[..GetDefects(sequence, defects)])
        {
            for (var y = defect.Y; y < defect.Y + defect.Height; y++)
            {
                _defectRow.AsSpan(0, defect.Width * PixelBytes).CopyTo(pixels[((y * stride) + (defect.X * PixelBytes))..]);
            }
        }
    }

    /// <summary>A number that follows from the seed, the frame and a purpose alone (SplitMix64).</summary>
    internal ulong Draw(long sequence, int purpose)
    {
        var z = (_seed * 0x9E3779B97F4A7C15) + ((ulong)sequence * 0xD1B54A32D192ED03) + ((ulong)purpose * 0x8CB92BA72F3D8DD7) + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static void Put(byte[] pixels, int index, PixelFormat format, byte level)
    {
        switch (format)
        {
            case PixelFormat.Mono10:
                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(index * 2), (ushort)(level << 2));
                break;
            case PixelFormat.Mono12:
                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(index * 2), (ushort)(level << 4));
                break;
            case PixelFormat.Mono16:
                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(index * 2), (ushort)(level << 8));
                break;
            case PixelFormat.RGB8 or PixelFormat.BGR8:
                pixels.AsSpan(index * 3, 3).Fill(level);
                break;
            default:
                pixels[index] = level;
                break;
        }
    }
}
