using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera.Pictures;

/// <summary>Single frames as binary PGM and PPM files, which nearly every image program reads.</summary>
public static class PictureFile
{
    /// <summary>
    /// Writes a frame to a file: grey and Bayer formats as PGM (<c>.pgm</c>), RGB8 and BGR8 as PPM (<c>.ppm</c>). Blocks until that is done; a file of this name is replaced
    /// as a whole, or not at all.
    /// </summary>
    /// <exception cref="NotSupportedException">Frames of this format cannot be written as they are; the message says which can.</exception>
    /// <exception cref="ArgumentException">The frame has fewer bytes than its size says.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(in Frame frame, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ref readonly var info = ref frame.Info;
        var (channels, maxValue) = Layout(info.PixelFormat);
        var header = new PictureHeader(info.Width, info.Height, channels, maxValue, 0);
        var pixels = frame.Pixels;
        if (info.Stride < header.Stride || (long)info.Stride * (info.Height - 1) + header.Stride > pixels.Length)
        {
            throw new ArgumentException($"Frame {info.Sequence} of camera '{info.Camera}' has {pixels.Length:N0} bytes in rows of {info.Stride:N0}, too few for {info.Width} × {info.Height} pixels of {info.PixelFormat}.", nameof(frame));
        }

        var row = ArrayPool<byte>.Shared.Rent(header.Stride);
        var unfinished = $"{path}.{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using (var file = File.OpenHandle(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                Write(file, header, info, pixels, row.AsSpan(0, header.Stride));
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(row);
        }
    }

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="InvalidDataException">It is no such file; the message names the file and the byte.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static PictureHeader ReadHeader(SafeFileHandle file, string path)
    {
        Span<byte> begin = stackalloc byte[512];
        var length = RandomAccess.GetLength(file);
        var read = ReadFully(file, begin, 0);
        try
        {
            return PictureHeader.Parse(path, begin[..read], length);
        }
        catch (InvalidDataException) when (length > read)
        {
            // The comments may be long.
            var more = new byte[(int)Math.Min(length, PictureHeader.MaxBytes)];
            return PictureHeader.Parse(path, more.AsSpan(0, ReadFully(file, more, 0)), length);
        }
    }

    /// <summary>Reads the pixels, in the byte order of this machine.</summary>
    /// <returns>False when the file has become shorter meanwhile.</returns>
    internal static bool ReadPixels(SafeFileHandle file, in PictureHeader header, Span<byte> pixels)
    {
        pixels = pixels[..(int)header.PixelBytes];
        var read = ReadFully(file, pixels, header.PixelOffset);
        pixels[read..].Clear();
        if (header.SampleBytes == 2 && BitConverter.IsLittleEndian)
        {
            var samples = MemoryMarshal.Cast<byte, ushort>(pixels);
            BinaryPrimitives.ReverseEndianness(samples, samples);
        }

        return read == pixels.Length;
    }

    private static void Write(SafeFileHandle file, in PictureHeader header, in FrameInfo info, ReadOnlySpan<byte> pixels, Span<byte> row)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P{(header.Channels == 3 ? 6 : 5)}\n{header.Width} {header.Height}\n{header.MaxValue}\n"));
        RandomAccess.Write(file, text, 0);
        long offset = text.Length;
        for (var y = 0; y < header.Height; y++, offset += row.Length)
        {
            var source = pixels.Slice(y * info.Stride, row.Length);
            if (header.SampleBytes == 2)
            {
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(row));
            }
            else if (info.PixelFormat == PixelFormat.BGR8)
            {
                for (var x = 0; x < row.Length; x += 3)
                {
                    (row[x], row[x + 1], row[x + 2]) = (source[x + 2], source[x + 1], source[x]);
                }
            }
            else if (info.Stride == row.Length)
            {
                RandomAccess.Write(file, pixels[..(row.Length * header.Height)], offset); // as they lie
                return;
            }
            else
            {
                source.CopyTo(row);
            }

            RandomAccess.Write(file, row, offset);
        }
    }

    private static (int Channels, int MaxValue) Layout(PixelFormat format) => format switch
    {
        PixelFormat.Mono8 or PixelFormat.BayerGR8 or PixelFormat.BayerRG8 or PixelFormat.BayerGB8 or PixelFormat.BayerBG8 => (1, 255),
        PixelFormat.Mono10 => (1, 1023),
        PixelFormat.Mono12 => (1, 4095),
        PixelFormat.Mono16 => (1, 65_535),
        PixelFormat.RGB8 or PixelFormat.BGR8 => (3, 255),
        _ => throw new NotSupportedException($"A frame of {format} cannot be written as PGM or PPM; Mono8, Mono10, Mono12, Mono16, the Bayer formats of 8 bits, RGB8 and BGR8 can: set the camera to one of them, or convert it."),
    };

    private static int ReadFully(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        var total = 0;
        while (total < bytes.Length && RandomAccess.Read(file, bytes[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }
}
