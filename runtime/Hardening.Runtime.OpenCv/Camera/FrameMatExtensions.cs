using OpenCvSharp;

namespace Hardening.Camera;

/// <summary>Makes OpenCV see frames and buffers without a copy.</summary>
public static class FrameMatExtensions
{
    /// <summary>The frame as a Mat, to be read, with a lease of its own until it is disposed.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="holder">Who keeps it: a constant, not a text made for the purpose; it is named when the pool runs out.</param>
    /// <exception cref="NotSupportedException">OpenCV has no such pixels: packed 10 or 12 bits.</exception>
    /// <exception cref="InvalidOperationException">The frame is shorter than its rows: it is damaged.</exception>
    public static FrameMat AsMat(this in Frame frame, string holder = "mat") => View(frame.Lease(holder));

    /// <inheritdoc cref="AsMat(in Frame, string)"/>
    /// <param name="lease">A lease on the frame, which stays yours.</param>
    /// <param name="holder">Who keeps it: a constant, not a text made for the purpose; it is named when the pool runs out.</param>
    public static FrameMat AsMat(this FrameLease lease, string holder = "mat") => View(lease.AddLease(holder));

    /// <summary>A buffer that a source fills, as a Mat to write into. The buffer stays yours; dispose the view before you publish it.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="format">How the bytes are to be read; rows follow each other without padding.</param>
    /// <exception cref="NotSupportedException">OpenCV has no such pixels: packed 10 or 12 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The image is empty, or larger than the buffer.</exception>
    public static FrameMat AsMat(this FrameBuffer buffer, int width, int height, PixelFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var step = format.RowBytes(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)step * height, buffer.Bytes.Length, nameof(height));
        return new FrameMat(default, buffer, MatHeader.Take(buffer.Address, new MatShape(height, width, format.MatType, step)));
    }

    extension(PixelFormat format)
    {
        /// <summary>The element of a Mat with these pixels. Bayer mosaics are one channel, YUV 4:2:2 two: <see cref="Cv2.CvtColor"/> makes colours of them.</summary>
        /// <exception cref="NotSupportedException">OpenCV has no such pixels: packed 10 or 12 bits.</exception>
        public MatType MatType => format switch
        {
            PixelFormat.Mono8 or PixelFormat.BayerGR8 or PixelFormat.BayerRG8 or PixelFormat.BayerGB8 or PixelFormat.BayerBG8 => MatType.CV_8UC1,
            PixelFormat.Mono10 or PixelFormat.Mono12 or PixelFormat.Mono16 => MatType.CV_16UC1,
            PixelFormat.RGB8 or PixelFormat.BGR8 => MatType.CV_8UC3,
            PixelFormat.YUV422_8 or PixelFormat.YUV422_8_UYVY => MatType.CV_8UC2,
            _ => throw new NotSupportedException($"OpenCV has no Mat for pixels of format {format}; let the camera send another, or unpack them first."),
        };
    }

    // The lease is the view's from here on, and goes back if there is none.
    private static FrameMat View(FrameLease lease)
    {
        try
        {
            var info = lease.Info;
            var shape = new MatShape(info.Height, info.Width, info.PixelFormat.MatType, info.Stride);
            return ((long)info.Stride * (info.Height - 1)) + info.PixelFormat.RowBytes(info.Width) <= info.Length
                ? new FrameMat(lease, default, MatHeader.Take(lease.Address, shape))
                : throw new InvalidOperationException($"Frame {info.Sequence} of camera '{info.Camera}' has {info.Length:N0} bytes, fewer than its {info.Height} rows of {info.Stride} bytes.");
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }
}
