using System.Runtime.InteropServices;

namespace Inspection.Work;

/// <summary>
/// Finds the connected components (8 neighbours) of the pixels at or above a threshold. A result depends on nothing but the arguments; the instance only keeps
/// the scratch, so that finding allocates nothing. One thread at a time.
/// </summary>
/// <remarks>
/// Dark pixels, nearly all of them, are passed over by the vectorised search of the base library. What remains are bright runs, and each run is joined with
/// those that it touches in the row above.
/// </remarks>
public sealed class DefectFinder
{
    private readonly Blob[] _blobs;
    private readonly Defect[] _defects;
    private Run[] _above;
    private Run[] _here;
    private int _aboveCount;
    private int _hereCount;
    private int _blobCount;
    private int _defectCount;

    /// <summary>Allocates the scratch.</summary>
    /// <param name="width">The widest picture.</param>
    /// <param name="capacity">How many components a picture may have before <see cref="Overflowed"/>, parts that join further down included.</param>
    public DefectFinder(int width, int capacity = 4096)
    {
        _above = new Run[(width / 2) + 1];
        _here = new Run[(width / 2) + 1];
        _blobs = new Blob[capacity];
        _defects = new Defect[capacity];
    }

    /// <summary>What the last call found, in the order of each one's first pixel.</summary>
    public ReadOnlySpan<Defect> Defects => _defects.AsSpan(0, _defectCount);

    /// <summary>Whether the last call gave up because there were more components than it has room for: what it found then is only the upper part.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Finds the components of one picture.</summary>
    /// <returns>How many there are; see <see cref="Defects"/>.</returns>
    public int Find(ReadOnlySpan<byte> pixels, int width, int height, int stride, byte threshold)
    {
        _aboveCount = _blobCount = _defectCount = 0;
        Overflowed = false;
        for (var y = 0; y < height && !Overflowed; y++)
        {
            FindInRow(pixels.Slice(y * stride, width), y, threshold);
            (_above, _here) = (_here, _above);
            _aboveCount = _hereCount;
        }

        foreach (ref readonly var blob in _blobs.AsSpan(0, _blobCount))
        {
            if (blob.IsRoot)
            {
                _defects[_defectCount++] = blob.ToDefect();
            }
        }

        return _defectCount;
    }

    private void FindInRow(ReadOnlySpan<byte> row, int y, byte threshold)
    {
        _hereCount = 0;
        var firstAbove = 0;
        var x = 0;
        while (row[x..].IndexOfAnyInRange(threshold, byte.MaxValue) is var dark and >= 0)
        {
            var start = x + dark;
            var bright = row[start..].IndexOfAnyExceptInRange(threshold, byte.MaxValue);
            var end = bright < 0 ? row.Length : start + bright;
            if (!TryLabel(start, end, y, ref firstAbove, out var label))
            {
                Overflowed = true;
                return;
            }

            _here[_hereCount++] = new Run(start, end, label);
            x = end;
        }
    }

    // Both rows are in order, so the runs above that end before this one begins are behind us for good.
    private bool TryLabel(int start, int end, int y, ref int firstAbove, out int label)
    {
        while (firstAbove < _aboveCount && _above[firstAbove].End < start)
        {
            firstAbove++;
        }

        label = -1;
        for (var i = firstAbove; i < _aboveCount && _above[i].Start <= end; i++)
        {
            var other = RootOf(_above[i].Label);
            label = label < 0 ? other : Join(label, other);
        }

        if (label < 0)
        {
            if (_blobCount == _blobs.Length)
            {
                return false;
            }

            label = _blobCount++;
            _blobs[label] = Blob.Empty(label);
        }

        _blobs[label].Add(start, end, y);
        return true;
    }

    // The earlier one is the root, so that roots stand in the order of their first pixels.
    private int Join(int a, int b)
    {
        var (root, child) = (Math.Min(a, b), Math.Max(a, b));
        if (root != child)
        {
            _blobs[root].Absorb(ref _blobs[child], root);
        }

        return root;
    }

    private int RootOf(int label)
    {
        while (_blobs[label].Parent != label)
        {
            label = _blobs[label].Parent = _blobs[_blobs[label].Parent].Parent;
        }

        return label;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Run(int Start, int End, int Label);

    [StructLayout(LayoutKind.Auto)]
    private struct Blob
    {
        public int Parent;
        private int _label;
        private int _left;
        private int _top;
        private int _right;
        private int _bottom;
        private int _area;

        public readonly bool IsRoot => Parent == _label;

        public static Blob Empty(int label) => new() { Parent = label, _label = label, _left = int.MaxValue, _top = int.MaxValue };

        public void Add(int start, int end, int y)
        {
            _left = Math.Min(_left, start);
            _right = Math.Max(_right, end);
            _top = Math.Min(_top, y);
            _bottom = Math.Max(_bottom, y + 1);
            _area += end - start;
        }

        public void Absorb(ref Blob child, int root)
        {
            child.Parent = root;
            _left = Math.Min(_left, child._left);
            _top = Math.Min(_top, child._top);
            _right = Math.Max(_right, child._right);
            _bottom = Math.Max(_bottom, child._bottom);
            _area += child._area;
        }

        public readonly Defect ToDefect() => new(_left, _top, _right - _left, _bottom - _top, _area);
    }
}
