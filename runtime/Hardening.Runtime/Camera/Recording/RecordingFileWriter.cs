using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera.Recording;

/// <summary>One file of a recording while it is written, by one thread. Any exception of a write leaves it as it was up to its last whole frame.</summary>
internal sealed class RecordingFileWriter : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly RecordingScratch _scratch;
    private long _length;
    private int _frames;
    private int _largest;
    private int _headerBytes = RecordingFormat.FrameHeaderBytes; // of the last frame: the next one has hardly other metadata
    private (long Time, long Sequence) _first;
    private (long Time, long Sequence) _last;

    /// <summary>Takes the file over and writes its header.</summary>
    /// <param name="file">An empty file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="start">The moment that the times of its frames count from, in nanoseconds since 1970 UTC.</param>
    /// <param name="clockFrequency">Ticks per second of the clock that they were read from.</param>
    /// <param name="number">Of the file in its run.</param>
    /// <param name="first">Its first frame, whose format the header tells.</param>
    /// <param name="scratch">Room for the index and for headers, from the file before.</param>
    public RecordingFileWriter(SafeFileHandle file, string path, long start, long clockFrequency, int number, in FrameInfo first, RecordingScratch scratch)
    {
        (_file, Path, _scratch) = (file, path, scratch);
        var name = Encoding.UTF8.GetBytes(first.Camera);
        var header = new byte[RecordingFormat.FileHeaderBytes + name.Length];
        RecordingFormat.FileMagic.CopyTo(header);
        RecordingFormat.Write(header, 8, RecordingFormat.Version);
        RecordingFormat.Write(header, 12, header.Length);
        RecordingFormat.Write(header, 20, name.Length);
        RecordingFormat.Write(header, 24, start);
        RecordingFormat.Write(header, 32, clockFrequency);
        RecordingFormat.Write(header, 40, first.Width);
        RecordingFormat.Write(header, 44, first.Height);
        RecordingFormat.Write(header, 48, (uint)first.PixelFormat);
        RecordingFormat.Write(header, 52, number);
        name.CopyTo(header, RecordingFormat.FileHeaderBytes);
        RecordingFormat.Seal(header);
        RandomAccess.Write(_file, header, 0);
        _length = header.Length;
    }

    public string Path { get; }

    /// <summary>How many bytes it has with its index and footer.</summary>
    public long Bytes => _length + EndBytes(_frames);

    /// <summary>Whether something was written since the last <see cref="Flush"/>.</summary>
    public bool IsDirty { get; private set; } = true;

    /// <summary>Whether this many bytes of pixels still fit into a file of that size. The first frame always does.</summary>
    public bool HasRoomFor(int pixelBytes, long maxFileBytes) =>
        _frames == 0
        || (_frames < RecordingFormat.MaxFramesPerFile
            && _length + _headerBytes + pixelBytes + EndBytes(_frames + 1) <= maxFileBytes);

    /// <summary>Writes a frame.</summary>
    /// <param name="info">What is known of it.</param>
    /// <param name="pixels">Its bytes.</param>
    /// <param name="hostTime">Nanoseconds from the start of the file.</param>
    /// <returns>How many bytes that took.</returns>
    /// <exception cref="IOException">The disk refuses, or is full.</exception>
    public int Append(in FrameInfo info, ReadOnlySpan<byte> pixels, long hostTime)
    {
        _headerBytes = WriteMetadata(info.Metadata, out var metadata);
        var frame = new RecordedFrame
        {
            Offset = _length,
            HeaderBytes = _headerBytes,
            PixelBytes = pixels.Length,
            PixelChecksum = Crc32.Compute(pixels),
            Number = _frames,
            Sequence = info.Sequence,
            HostTime = hostTime,
            DeviceTimestamp = info.DeviceTimestamp,
            DeviceClock = info.DeviceClock,
            Width = info.Width,
            Height = info.Height,
            Stride = info.Stride,
            PixelFormat = info.PixelFormat,
            Status = info.Status,
            MetadataCount = metadata,
        };
        var header = _scratch.Header(_headerBytes);
        frame.WriteTo(header);
        RecordingFormat.Seal(header);
        RandomAccess.Write(_file, header, _length);
        RandomAccess.Write(_file, pixels, frame.PixelOffset);

        var entry = _scratch.Index(_frames + 1)[^RecordingFormat.IndexEntryBytes..];
        RecordingFormat.Write(entry, 0, _length);
        RecordingFormat.Write(entry, 8, info.Sequence);
        RecordingFormat.Write(entry, 16, hostTime);
        _last = (hostTime, info.Sequence);
        _first = _frames == 0 ? _last : _first;
        _largest = Math.Max(_largest, pixels.Length);
        _frames++;
        _length = frame.End;
        IsDirty = true;
        return _headerBytes + pixels.Length;
    }

    /// <summary>Waits until the disk has all of it.</summary>
    public void Flush(RecordingDisk disk)
    {
        disk.Flush(_file);
        IsDirty = false;
    }

    /// <summary>Writes the index and the footer: the file is whole. To be disposed after that.</summary>
    public void Finish()
    {
        RandomAccess.SetLength(_file, _length); // a frame that did not fit as a whole goes
        var index = _scratch.Index(_frames);
        RecordingFormat.IndexMagic.CopyTo(index);
        RecordingFormat.Write(index, 8, index.Length);
        RecordingFormat.Write(index, 12, _frames);
        RecordingFormat.Write(index, 20, 0u);
        RecordingFormat.Seal(index);

        Span<byte> footer = stackalloc byte[RecordingFormat.FooterBytes];
        RecordingFormat.FooterMagic.CopyTo(footer);
        RecordingFormat.Write(footer, 8, _length);
        RecordingFormat.Write(footer, 20, _frames);
        RecordingFormat.Write(footer, 24, _largest);
        RecordingFormat.Write(footer, 28, 0u);
        RecordingFormat.Write(footer, 32, _first.Time);
        RecordingFormat.Write(footer, 40, _last.Time);
        RecordingFormat.Write(footer, 48, _first.Sequence);
        RecordingFormat.Write(footer, 56, _last.Sequence);
        RecordingFormat.Seal(footer);
        RandomAccess.Write(_file, index, _length);
        RandomAccess.Write(_file, footer, _length + index.Length);
        IsDirty = true;
    }

    public void Dispose() => _file.Dispose();

    private static long EndBytes(int frames) =>
        RecordingFormat.IndexHeaderBytes + ((long)frames * RecordingFormat.IndexEntryBytes) + RecordingFormat.FooterBytes;

    // First all names, so that a reader sees with one comparison that they are those of the frame before; then all values.
    private int WriteMetadata(FrameMetadata? metadata, out int count)
    {
        count = Math.Min(metadata?.Names.Count ?? 0, ushort.MaxValue);
        var length = RecordingFormat.FrameHeaderBytes;
        for (var i = 0; i < count; i++)
        {
            var name = metadata!.Names[i];
            var place = _scratch.Header(length + 2 + Encoding.UTF8.GetMaxByteCount(name.Length))[length..];
            var bytes = Encoding.UTF8.GetBytes(name, place[2..]);
            RecordingFormat.Write(place, 0, checked((ushort)bytes));
            length += 2 + bytes;
        }

        var values = _scratch.Header(length + (count * 9))[length..];
        for (var i = 0; i < count; i++)
        {
            var value = values.Slice(i * 9, 9);
            var name = metadata!.Names[i];
            if (metadata.TryGetInteger(name, out var integer))
            {
                value[0] = 1;
                RecordingFormat.Write(value, 1, integer);
            }
            else if (metadata.TryGetFloat(name, out var number))
            {
                value[0] = 2;
                RecordingFormat.Write(value, 1, BitConverter.DoubleToInt64Bits(number));
            }
            else
            {
                value.Clear();
            }
        }

        return length + values.Length;
    }
}

/// <summary>What the files of one camera use one after another: as large as it had to be so far.</summary>
internal sealed class RecordingScratch
{
    private byte[] _index = new byte[RecordingFormat.IndexHeaderBytes + (1024 * RecordingFormat.IndexEntryBytes)];
    private byte[] _header = new byte[4096];

    /// <summary>The index with room for this many frames, kept as it will be written.</summary>
    public Span<byte> Index(int frames) => Reserve(ref _index, RecordingFormat.IndexHeaderBytes + (frames * RecordingFormat.IndexEntryBytes));

    /// <summary>A header of this many bytes, with what was written there before.</summary>
    /// <exception cref="IOException">It is more than a recording holds.</exception>
    public Span<byte> Header(int bytes) =>
        bytes <= RecordingFormat.MaxHeaderBytes
            ? Reserve(ref _header, bytes)
            : throw new IOException($"The metadata of a frame take more than {RecordingFormat.MaxHeaderBytes:N0} bytes, which a recording does not hold.");

    private static Span<byte> Reserve(ref byte[] array, int bytes)
    {
        if (bytes > array.Length)
        {
            Array.Resize(ref array, Math.Max(bytes, 2 * array.Length));
        }

        return array.AsSpan(0, bytes);
    }
}
