using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera.Recording;

/// <summary>
/// One file of a recording, read by one thread from its begin to its end. A file that was cut off anywhere is read up to its last whole frame; from a damaged record
/// it goes on at the next one whose header's checksum is right.
/// </summary>
internal sealed class RecordingFileReader : IDisposable
{
    private const int ScanBytes = 65_536;

    private readonly SafeFileHandle _file;
    private byte[] _scratch = new byte[ScanBytes];
    private long _next;
    private long _number;
    private bool _hasEnded;

    private RecordingFileReader(string path)
    {
        Path = path;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        try
        {
            Length = RandomAccess.GetLength(_file);
            ReadHeader();
            ReadFooter();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The camera that was recorded.</summary>
    public string Camera { get; private set; } = "";

    /// <summary>The moment that the times of the frames count from, in nanoseconds since 1970 UTC.</summary>
    public long Start { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    public PixelFormat PixelFormat { get; private set; }

    /// <summary>What the footer says; null when the file was not closed, or its end is damaged.</summary>
    public RecordingFooter? Footer { get; private set; }

    /// <summary>Frames that were left out so far, since their headers are damaged.</summary>
    public long Skipped { get; private set; }

    /// <summary>Bytes that were left out so far with them.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Bytes of the last record, when the file ends in it.</summary>
    public long CutOffBytes { get; private set; }

    /// <exception cref="InvalidDataException">It is no recording; the message names the file and the byte.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static RecordingFileReader Open(string path) => new(path);

    /// <summary>The next frame whose header is whole.</summary>
    /// <exception cref="IOException">The file cannot be read on.</exception>
    public bool TryNext(out RecordedFrame frame)
    {
        while (!_hasEnded)
        {
            switch (ReadFrameHeader(_next, out frame))
            {
                case Found.Frame:
                    Skipped += Math.Max(frame.Number - _number, 0);
                    _number = frame.Number + 1;
                    _next = frame.End;
                    return true;
                case Found.End:
                    _hasEnded = true;
                    break;
                case Found.CutOff:
                    CutOffBytes = Length - _next;
                    _hasEnded = true;
                    break;
                case Found.Damage:
                    var next = FindMagic(_next + 1);
                    if (next == Length && Footer is null)
                    {
                        CutOffBytes = Length - _next; // in the midst of a header
                        _hasEnded = true;
                        break;
                    }

                    SkippedBytes += next - _next;
                    _next = next;
                    break;
            }
        }

        if (Footer is { } footer && footer.Frames > _number)
        {
            Skipped += footer.Frames - _number;
            _number = footer.Frames;
        }

        frame = default;
        return false;
    }

    /// <summary>Reads the pixels of a frame.</summary>
    /// <returns>False when they are damaged: then they are as the file has them, and 0 where it has none.</returns>
    public bool ReadPixels(in RecordedFrame frame, Span<byte> pixels)
    {
        pixels = pixels[..frame.PixelBytes];
        var read = 0;
        try
        {
            read = ReadFully(pixels, frame.PixelOffset);
        }
        catch (IOException)
        {
            // a bad place of the disk: counted as damage, like any other
        }

        pixels[read..].Clear();
        return read == pixels.Length && Crc32.Compute(pixels) == frame.PixelChecksum;
    }

    /// <summary>The names and values that a frame has besides its pixels, as they lie in the file; valid until the next call.</summary>
    public ReadOnlySpan<byte> ReadMetadata(in RecordedFrame frame)
    {
        var bytes = frame.HeaderBytes - RecordingFormat.FrameHeaderBytes;
        Reserve(bytes);
        var metadata = _scratch.AsSpan(0, bytes);
        try
        {
            return ReadFully(metadata, frame.Offset + RecordingFormat.FrameHeaderBytes) == bytes ? metadata : default;
        }
        catch (IOException)
        {
            return default; // they were there when the header was checked
        }
    }

    public void Dispose() => _file.Dispose();

    private void ReadHeader()
    {
        Require(ReadFully(_scratch.AsSpan(0, RecordingFormat.FileHeaderBytes), 0) == RecordingFormat.FileHeaderBytes, Length, "it ends in its header");
        Require(_scratch.AsSpan().StartsWith(RecordingFormat.FileMagic), 0, "it does not begin as a recording does");
        var version = RecordingFormat.UInt32(_scratch, 8);
        Require(version == RecordingFormat.Version, 8, $"it is of version {version} of the format, and only {RecordingFormat.Version} is known here");
        var bytes = RecordingFormat.Int32(_scratch, 12);
        Require(bytes is >= RecordingFormat.FileHeaderBytes and <= RecordingFormat.MaxHeaderBytes, 12, $"its header cannot have {bytes} bytes");
        Reserve(bytes);
        var header = _scratch.AsSpan(0, bytes);
        Require(ReadFully(header, 0) == bytes, Length, "it ends in its header");
        Require(RecordingFormat.IsSealed(header), RecordingFormat.ChecksumOffset, "the checksum of its header is wrong");
        var name = RecordingFormat.Int32(header, 20);
        Require(name >= 0 && name <= bytes - RecordingFormat.FileHeaderBytes, 20, $"the camera's name cannot have {name} bytes");
        Camera = Encoding.UTF8.GetString(header.Slice(RecordingFormat.FileHeaderBytes, name));
        Start = RecordingFormat.Int64(header, 24);
        (Width, Height) = (RecordingFormat.Int32(header, 40), RecordingFormat.Int32(header, 44));
        PixelFormat = (PixelFormat)RecordingFormat.UInt32(header, 48);
        _next = bytes;

        void Require(bool holds, long offset, string otherwise)
        {
            if (!holds)
            {
                throw new InvalidDataException($"'{Path}' is no recording that can be read: {otherwise} (byte {offset}).");
            }
        }
    }

    private void ReadFooter()
    {
        var footer = _scratch.AsSpan(0, RecordingFormat.FooterBytes);
        if (Length >= _next + RecordingFormat.FooterBytes
            && ReadFully(footer, Length - RecordingFormat.FooterBytes) == RecordingFormat.FooterBytes
            && footer.StartsWith(RecordingFormat.FooterMagic) && RecordingFormat.IsSealed(footer))
        {
            Footer = new RecordingFooter(RecordingFormat.Int64(footer, 8), RecordingFormat.UInt32(footer, 20), RecordingFormat.Int32(footer, 24), RecordingFormat.Int64(footer, 32), RecordingFormat.Int64(footer, 40));
        }
    }

    private Found ReadFrameHeader(long offset, out RecordedFrame frame)
    {
        frame = default;
        if (Footer is { } footer && footer.IndexOffset == offset)
        {
            return Found.End;
        }

        var head = _scratch.AsSpan(0, RecordingFormat.FrameHeaderBytes);
        var read = ReadFully(head, offset);
        if (read == 0 || (head[..read].StartsWith(RecordingFormat.IndexMagic) && IsIndex(offset, RecordingFormat.Int32(head, 8))))
        {
            return Found.End;
        }

        if (read < head.Length)
        {
            return Found.CutOff;
        }

        var (headerBytes, pixelBytes) = (RecordingFormat.Int32(head, 8), RecordingFormat.Int32(head, 12));
        if (!head.StartsWith(RecordingFormat.FrameMagic)
            || headerBytes is < RecordingFormat.FrameHeaderBytes or > RecordingFormat.MaxHeaderBytes || pixelBytes is < 0 or > RecordingFormat.MaxPixelBytes)
        {
            return Found.Damage;
        }

        Reserve(headerBytes);
        var header = _scratch.AsSpan(0, headerBytes);
        if (headerBytes > RecordingFormat.FrameHeaderBytes)
        {
            read += ReadFully(header[read..], offset + read);
        }

        // The size cannot be trusted before the checksum is right: that the file ends before it says nothing yet.
        if (read < headerBytes || !RecordingFormat.IsSealed(header))
        {
            return Found.Damage;
        }

        frame = RecordedFrame.ReadFrom(header, offset);
        return !IsSound(frame) ? Found.Damage : frame.End > Length ? Found.CutOff : Found.Frame;
    }

    // A frame whose magic was damaged must not end the file.
    private bool IsIndex(long offset, int bytes)
    {
        if (bytes < RecordingFormat.IndexHeaderBytes || bytes > Length - offset)
        {
            return false;
        }

        Reserve(bytes);
        var index = _scratch.AsSpan(0, bytes);
        return ReadFully(index, offset) == bytes && RecordingFormat.IsSealed(index);
    }

    private static bool IsSound(in RecordedFrame frame) =>
        frame is { Width: >= 0, Height: >= 0, Stride: >= 0, Number: >= 0, Status: <= FrameStatus.WrongSize, DeviceClock: <= FrameClock.Ptp };

    // Where the next record may begin: at its magic, or at that of the index, or nowhere.
    private long FindMagic(long from)
    {
        var common = RecordingFormat.FrameMagic[..4];
        while (true)
        {
            var chunk = _scratch.AsSpan(0, ScanBytes);
            chunk = chunk[..ReadFully(chunk, from)];
            for (var at = 0; chunk[at..].IndexOf(common) is >= 0 and var found; at += found + 1)
            {
                var here = chunk[(at + found)..];
                if (here.StartsWith(RecordingFormat.FrameMagic) || here.StartsWith(RecordingFormat.IndexMagic))
                {
                    return from + at + found;
                }
            }

            if (chunk.Length < ScanBytes)
            {
                return Length;
            }

            from += chunk.Length - (RecordingFormat.MagicBytes - 1); // it may lie across the end
        }
    }

    private int ReadFully(Span<byte> bytes, long offset)
    {
        var total = 0;
        while (total < bytes.Length && RandomAccess.Read(_file, bytes[total..], offset + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    private void Reserve(int bytes)
    {
        if (bytes > _scratch.Length)
        {
            Array.Resize(ref _scratch, bytes);
        }
    }

    private enum Found
    {
        Frame,
        End,
        CutOff,
        Damage,
    }
}

/// <summary>What the end of a file that was closed tells of it.</summary>
internal readonly record struct RecordingFooter(long IndexOffset, long Frames, int LargestPixelBytes, long FirstTime, long LastTime);
