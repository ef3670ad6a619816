using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>How memory is laid out, in OpenCV's terms.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MatShape(int Rows, int Columns, MatType Type, long Step);

/// <summary>
/// A Mat over memory of a frame pool, kept when it is not in use: one for each buffer, so that a view of a frame allocates nothing. A header that OpenCV pointed elsewhere
/// does not come back.
/// </summary>
internal sealed class MatHeader : IDisposable
{
    /// <summary>When more buffers than this were seen, those of pools that are long gone among them, all idle headers are let go.</summary>
    internal const int MostPlaces = 16_384;

    private static readonly ConcurrentDictionary<nint, Place> Places = new();

    private readonly Place _place;
    private readonly nint _address;
    private readonly MatShape _shape;
    private InputArray? _input;

    private MatHeader(Place place, nint address, MatShape shape)
    {
        (_place, _address, _shape) = (place, address, shape);
        Mat = Mat.FromPixelData(shape.Rows, shape.Columns, shape.Type, address, shape.Step);
    }

    public Mat Mat { get; }

    /// <summary>The same as OpenCV's functions take it, made once.</summary>
    public InputArray Input => _input ??= InputArray.Create(Mat);

    /// <summary>Whether it still describes the memory that it was made for.</summary>
    public bool IsIntact => Mat.Data == _address && new MatShape(Mat.Rows, Mat.Cols, Mat.Type(), Mat.Step()) == _shape;

    /// <summary>A header that nobody else uses until it is given back.</summary>
    public static MatHeader Take(nint address, MatShape shape)
    {
        if (!Places.TryGetValue(address, out var place))
        {
            if (Places.Count >= MostPlaces)
            {
                Clear();
            }

            place = Places.GetOrAdd(address, static _ => new Place());
        }

        var idle = Interlocked.Exchange(ref place.Idle, null);
        if (idle is not null && idle._shape == shape)
        {
            return idle;
        }

        idle?.Dispose();
        return new MatHeader(place, address, shape);
    }

    /// <summary>Keeps it for the next view of the same buffer, unless one is kept already, or it is not intact.</summary>
    /// <returns>Whether it was intact.</returns>
    public bool Return()
    {
        var isIntact = IsIntact;
        if (!isIntact || Interlocked.CompareExchange(ref _place.Idle, this, null) is not null)
        {
            Dispose();
        }

        return isIntact;
    }

    public void Dispose()
    {
        _input?.Dispose();
        Mat.Dispose();
    }

    private static void Clear()
    {
        foreach (var place in Places.Values)
        {
            Interlocked.Exchange(ref place.Idle, null)?.Dispose();
        }

        Places.Clear();
    }

    private sealed class Place
    {
        public MatHeader? Idle;
    }
}
