using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>Brings a grabbed frame into a buffer of the pool: written there by OpenCV where it can be, so that it is copied once.</summary>
internal sealed class FrameRetriever(OpenCvTarget target, FrameFormat format, CaptureLedger ledger) : IDisposable
{
    private readonly Mat _decoded = new(); // what is not delivered as it was decoded; reused
    private readonly Mat _converted = new();
    private InputArray? _decodedInput;

    /// <returns>The frame; null when OpenCV has none after all.</returns>
    public FrameRead? Take(VideoCapture capture, FramePool pool, in FrameInfo info)
    {
        if (!pool.TryRent(target.Name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        var header = MatHeader.Take(buffer.Address, new MatShape(format.Height, format.Width, format.PixelFormat.MatType, info.Stride));
        var isPublished = false;
        try
        {
            if (!(format.PixelFormat == PixelFormat.BGR8 ? capture.Retrieve(header.Mat) : RetrieveGrey(capture, header)))
            {
                return null;
            }

            var frame = info;
            if (!header.IsIntact)
            {
                ledger.Copied();
                frame = Copy(header.Mat, buffer, info);
            }

            isPublished = true;
            return FrameRead.Delivered(buffer.Publish(frame));
        }
        finally
        {
            header.Return();
            if (!isPublished)
            {
                buffer.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _decodedInput?.Dispose();
        _decoded.Dispose();
        _converted.Dispose();
    }

    private bool RetrieveGrey(VideoCapture capture, MatHeader header)
    {
        if (!capture.Retrieve(_decoded) || _decoded.Empty())
        {
            return false;
        }

        if (_decoded.Type() == MatType.CV_8UC3)
        {
            Cv2.CvtColor(_decodedInput ??= InputArray.Create(_decoded), header.Mat, ColorConversionCodes.BGR2GRAY);
        }
        else
        {
            _decoded.CopyTo(header.Mat);
        }

        return true;
    }

    // Of the announced size and only from elsewhere: whole. Of another size: what of it fits.
    private unsafe FrameInfo Copy(Mat foreign, FrameBuffer buffer, in FrameInfo info)
    {
        var type = format.PixelFormat.MatType;
        var image = foreign;
        if (foreign.Type() == MatType.CV_8UC1 && type == MatType.CV_8UC3)
        {
            Cv2.CvtColor(foreign, _converted, ColorConversionCodes.GRAY2BGR);
            image = _converted;
        }
        else if (foreign.Type() != type)
        {
            throw new FrameSourceException(target.Name, $"Camera '{target.Name}' ({target.Description}) delivers pixels of type {foreign.Type()} by {target.Backend}, which cannot be made {format.PixelFormat}; use another backend or coding.");
        }

        var (rows, rowBytes, step) = (image.Rows, format.PixelFormat.RowBytes(image.Cols), image.Step());
        var fits = Math.Min(rows, buffer.Bytes.Length / rowBytes);
        for (var row = 0; row < fits; row++)
        {
            new ReadOnlySpan<byte>((byte*)image.Data + (row * step), rowBytes).CopyTo(buffer.Bytes[(row * rowBytes)..]);
        }

        var isAnnounced = (image.Cols, rows) == (format.Width, format.Height);
        return info with
        {
            Width = image.Cols, Height = fits, Stride = rowBytes, Length = fits * rowBytes,
            Status = isAnnounced ? FrameStatus.Complete : FrameStatus.WrongSize,
        };
    }
}
