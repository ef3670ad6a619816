using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>
/// A frame, or a buffer that is being filled, as OpenCV sees it, without a copy: a view of the pool's memory for as long as this lives. Of a frame it holds a lease;
/// disposing it gives that back.
/// </summary>
/// <remarks>
/// <para>
/// A frame is shared by everyone who has a lease on it, so a view of one is for reading: results go into Mats of your own, which you keep from frame to frame. Writing is
/// meant for the view of a <see cref="FrameBuffer"/>, which a source has for itself. OpenCV has no Mat that cannot be written, so the first is a promise; what is found
/// out is an output of another size or type, for which OpenCV silently allocates memory of its own and leaves the frame as it was (<see cref="Verify"/>).
/// </para>
/// <para>Do not keep the <see cref="Mat"/>: it is used again for another view. A ref struct, so that the view itself cannot be kept; to keep the frame, keep a <see cref="FrameLease"/>.</para>
/// </remarks>
public readonly ref struct FrameMat : IDisposable
{
    private readonly FrameLease _lease;
    private readonly FrameBuffer _buffer;
    private readonly MatHeader? _header;

    internal FrameMat(FrameLease lease, FrameBuffer buffer, MatHeader header) => (_lease, _buffer, _header) = (lease, buffer, header);

    /// <summary>The pixels, to be read (a frame) or written (a buffer).</summary>
    /// <exception cref="ObjectDisposedException">The view or its buffer was given back. OpenCvSharp itself does not check this, and the process would end.</exception>
    public Mat Mat => Living.Mat;

    /// <summary>The same as an argument of <see cref="Cv2"/>, made once for each buffer; passing <see cref="Mat"/> makes one for each call.</summary>
    /// <inheritdoc cref="Mat" path="/exception"/>
    public InputArray Input => Living.Input;

    /// <summary>Throws if the Mat is no longer a view: an OpenCV function was given it for output that has another size or type.</summary>
    /// <exception cref="InvalidOperationException">What was written is not in the frame.</exception>
    /// <exception cref="ObjectDisposedException">The view was given back.</exception>
    public void Verify()
    {
        if (!Living.IsIntact)
        {
            throw Reallocated();
        }
    }

    /// <summary>Gives the lease back, and throws as <see cref="Verify"/> does.</summary>
    public void Dispose()
    {
        if (_header is null)
        {
            return;
        }

        var isIntact = Living.Return();
        _lease.Dispose();
        if (!isIntact)
        {
            throw Reallocated();
        }
    }

    private MatHeader Living
    {
        get
        {
            var header = _header ?? throw new InvalidOperationException("There is no frame in this view: it is a default value.");
            _ = _lease.IsEmpty ? _buffer.Address : _lease.Address; // checks that it is still ours
            return header;
        }
    }

    private static InvalidOperationException Reallocated() =>
        new("The Mat of a frame was given to OpenCV for output of another size or type: OpenCV allocated memory of its own, and the frame is as it was. Give functions an output Mat of your own; a frame is for reading.");
}
