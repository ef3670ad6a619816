using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>
/// Laws' texture energy: how strongly level, edge, spot and ripple filters of 5 × 5 pixels answer, as nine energies per block of 8 × 8. Surfaces have been told
/// apart in this way since 1980; it is the heaviest part of the inspection. An instance is the scratch; one thread at a time.
/// </summary>
/// <remarks>
/// The filters are products of a vertical and a horizontal one, so four rows of vertical answers are filtered again. All of it fits 16 bits: the strongest
/// answer is 16 × 16 × 127 = 32,512, and an eighth of it 16 times 65,024.
/// </remarks>
public sealed class TextureEnergy
{
    /// <summary>The energies of one block.</summary>
    public const int Maps = 9;

    private const int Reach = 2;
    private const int Filters = 4;
    private const int Scale = 3;
    private const int Side = BlockStatistics.Side;

    // Which energy the answer of vertical filter v and horizontal filter h belongs to: a pair and its mirror image share one, level by level (the mean) has none.
    private static ReadOnlySpan<sbyte> MapOf => [-1, 0, 1, 2, 0, 3, 4, 5, 1, 4, 6, 7, 2, 5, 7, 8];

    private readonly int _width;
    private readonly int _rowLength;
    private readonly short[] _vertical;
    private readonly ushort[] _columns;

    /// <summary>Allocates the scratch for pictures of this width.</summary>
    public TextureEnergy(int width)
    {
        _width = width;
        _rowLength = width + (2 * Reach);
        _vertical = new short[Filters * _rowLength];
        _columns = new ushort[Maps * width];
    }

    /// <summary>Fills <see cref="Maps"/> entries per block, row by row of blocks. Borders count twice.</summary>
    /// <param name="contrast">The surface, from <see cref="LocalContrast"/>.</param>
    /// <param name="height">Rows.</param>
    /// <param name="energies">The result.</param>
    public void Compute(ReadOnlySpan<short> contrast, int height, Span<ushort> energies)
    {
        var perRow = _width / Side * Maps;
        for (var blockRow = 0; blockRow < height / Side; blockRow++)
        {
            Array.Clear(_columns);
            for (var y = blockRow * Side; y < (blockRow + 1) * Side; y++)
            {
                FilterVertically(contrast, y, height);
                for (var filter = 0; filter < Filters; filter++)
                {
                    FilterHorizontally(filter);
                }
            }

            Collect(energies.Slice(blockRow * perRow, perRow));
        }
    }

    private void FilterVertically(ReadOnlySpan<short> contrast, int y, int height)
    {
        var a = Row(contrast, Math.Max(y - 2, 0));
        var b = Row(contrast, Math.Max(y - 1, 0));
        var c = Row(contrast, y);
        var d = Row(contrast, Math.Min(y + 1, height - 1));
        var e = Row(contrast, Math.Min(y + 2, height - 1));
        Span<short> level = Answers(0)[Reach..], edge = Answers(1)[Reach..], spot = Answers(2)[Reach..], ripple = Answers(3)[Reach..];
        var x = 0;
        for (; x + Vector<short>.Count <= _width; x += Vector<short>.Count)
        {
            var answer = Answer(Load(a, x), Load(b, x), Load(c, x), Load(d, x), Load(e, x));
            answer.Level.CopyTo(level[x..]);
            answer.Edge.CopyTo(edge[x..]);
            answer.Spot.CopyTo(spot[x..]);
            answer.Ripple.CopyTo(ripple[x..]);
        }

        for (; x < _width; x++)
        {
            (level[x], edge[x], spot[x], ripple[x]) = Answer(a[x], b[x], c[x], d[x], e[x]);
        }

        for (var filter = 0; filter < Filters; filter++)
        {
            var answers = Answers(filter);
            answers[..Reach].Fill(answers[Reach]);
            answers[^Reach..].Fill(answers[^(Reach + 1)]);
        }
    }

    private ReadOnlySpan<short> Row(ReadOnlySpan<short> contrast, int y) => contrast.Slice(y * _width, _width);

    private Span<short> Answers(int filter) => _vertical.AsSpan(filter * _rowLength, _rowLength);

    private Span<ushort> Columns(int map) => _columns.AsSpan(map * _width, _width);

    private void FilterHorizontally(int vertical)
    {
        var answers = Answers(vertical);
        var maps = MapOf.Slice(vertical * Filters, Filters);
        var level = maps[0] < 0 ? default : Columns(maps[0]);
        Span<ushort> edge = Columns(maps[1]), spot = Columns(maps[2]), ripple = Columns(maps[3]);
        var x = 0;
        for (; x + Vector<short>.Count <= _width; x += Vector<short>.Count)
        {
            var (l, e, s, r) = Answer(Load(answers, x), Load(answers, x + 1), Load(answers, x + 2), Load(answers, x + 3), Load(answers, x + 4));
            if (!level.IsEmpty)
            {
                Add(l, level, x);
            }

            Add(e, edge, x);
            Add(s, spot, x);
            Add(r, ripple, x);
        }

        for (; x < _width; x++)
        {
            var (l, e, s, r) = Answer(answers[x], answers[x + 1], answers[x + 2], answers[x + 3], answers[x + 4]);
            if (!level.IsEmpty)
            {
                level[x] += (ushort)(Math.Abs(l) >> Scale);
            }

            edge[x] += (ushort)(Math.Abs(e) >> Scale);
            spot[x] += (ushort)(Math.Abs(s) >> Scale);
            ripple[x] += (ushort)(Math.Abs(r) >> Scale);
        }
    }

    private void Collect(Span<ushort> energies)
    {
        for (var map = 0; map < Maps; map++)
        {
            var columns = Columns(map);
            for (var block = 0; block < _width / Side; block++)
            {
                uint sum = 0;
                foreach (var column in columns.Slice(block * Side, Side))
                {
                    sum += column;
                }

                energies[(block * Maps) + map] = (ushort)(sum / Side);
            }
        }
    }

    // (1 4 6 4 1), (-1 -2 0 2 1), (-1 0 2 0 -1), (1 -4 6 -4 1)
    private static (short Level, short Edge, short Spot, short Ripple) Answer(int a, int b, int c, int d, int e) =>
        ((short)(a + e + (4 * (b + d)) + (6 * c)), (short)(e - a + (2 * (d - b))), (short)((2 * c) - a - e), (short)(a + e - (4 * (b + d)) + (6 * c)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector<short> Level, Vector<short> Edge, Vector<short> Spot, Vector<short> Ripple) Answer(
        Vector<short> a, Vector<short> b, Vector<short> c, Vector<short> d, Vector<short> e)
    {
        var outer = a + e;
        var inner = Vector.ShiftLeft(b + d, 2);
        var twice = Vector.ShiftLeft(c, 1);
        var middle = twice + Vector.ShiftLeft(c, 2);
        return (outer + inner + middle, e - a + Vector.ShiftLeft(d - b, 1), twice - outer, outer - inner + middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<short> Load(ReadOnlySpan<short> row, int x) => Vector.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector<short> answer, Span<ushort> columns, int x)
    {
        ref var target = ref MemoryMarshal.GetReference(columns);
        var energy = Vector.ShiftRightLogical(Vector.AsVectorUInt16(Vector.Abs(answer)), Scale);
        (Vector.LoadUnsafe(ref target, (nuint)x) + energy).StoreUnsafe(ref target, (nuint)x);
    }
}
