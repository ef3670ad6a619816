using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Camera.Pictures;

/// <summary>
/// A camera that shows binary PGM and PPM files (P5 and P6, up to 16 bits a sample): Mono8, Mono10, Mono12 or Mono16 by their largest value, RGB8, and RGB16 (0x02300033). Samples of
/// 16 bits come in the byte order of this machine. With a rate it does not wait, like a camera: pictures that nobody takes in time are lost, with a gap in the numbers.
/// </summary>
/// <remarks>
/// The first picture tells the format; one of another size or format is delivered as <see cref="FrameStatus.WrongSize"/>. A file that is no such picture fails the opening, with
/// its name and the byte; one that is cut off later is <see cref="FrameStatus.Incomplete"/>. It begins with the first picture each time that it is opened.
/// </remarks>
public sealed class PictureFolderFrameSource : IFrameSource
{
    private const int MaxOpenFiles = 256; // opening one allocates: those of a small folder stay open

    private readonly PictureFolderFrameSourceOptions _options;
    private Picture[] _pictures = [];
    private int _largest;
    private FrameSourceContext? _context;
    private ClockWait? _wait;
    private FramePool? _pool;
    private int _readers;
    private long _start;
    private long _next;
    private bool _isDisposed;

    /// <summary>Makes a camera, which looks for its pictures when it is opened.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range; the message names every one that is.</exception>
    public PictureFolderFrameSource(PictureFolderFrameSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (new PictureFolderFrameSourceOptionsValidator().Validate(options.Name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(options.Name, typeof(PictureFolderFrameSourceOptions), failed.Failures!);
        }

        _options = options;
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public int DriverBuffers => 0; // pictures are read from their files when they are asked for

    /// <inheritdoc/>
    public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        Stop();
        try
        {
            var files = Find();
            _pictures = new Picture[files.Length];
            for (var i = 0; i < files.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _pictures[i] = Look(files[i], keepOpen: i < MaxOpenFiles);
            }
        }
        catch (Exception e) when (e is not FrameSourceException && e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new FrameSourceException(Name, $"Camera '{Name}' cannot show its pictures: {e.Message}", e);
        }

        _context = context;
        _largest = (int)_pictures.Max(picture => picture.Header.PixelBytes);
        var first = _pictures[0].Header;
        return new FrameFormat(first.Width, first.Height, first.PixelFormat, _largest, _options.FrameRate);
    }

    /// <inheritdoc/>
    public void Start(FramePool pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        var context = _context ?? throw new InvalidOperationException($"Camera '{Name}' is not open.");
        if (pool.SlotBytes < _largest)
        {
            throw new FrameSourceException(Name, $"The buffers of the pool hold {pool.SlotBytes:N0} bytes, and the largest picture of camera '{Name}' has {_largest:N0}.");
        }

        _wait ??= new ClockWait(context.Time);
        (_start, _next, _pool) = (context.Time.GetTimestamp(), 0, pool);
    }

    /// <inheritdoc/>
    public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _readers, 1) == 1)
        {
            throw new InvalidOperationException($"Another thread reads from camera '{Name}'; a camera has one reader.");
        }

        try
        {
            var pool = _pool ?? throw new InvalidOperationException($"Camera '{Name}' is not started.");
            cancellationToken.ThrowIfCancellationRequested();
            return Read(pool, timeout, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _readers, 0);
        }
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _pool = null;
        _context = null;
        foreach (var picture in _pictures)
        {
            picture.File?.Dispose();
        }

        _pictures = [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        Stop();
        _wait?.Dispose();
        _wait = null;
    }

    private TimeProvider Time => _context!.Time;

    private string[] Find()
    {
        var files = _options.Files is { } given
            ? [.. given]
            : Directory.EnumerateFiles(_options.Folder!)
                .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".PGM" or ".PPM" or ".PNM")
                .OrderBy(file => Path.GetFileName(file), NaturalOrder.Instance).ToArray();
        return files.Length > 0
            ? files
            : throw new FrameSourceException(Name, $"There is no picture for camera '{Name}' in '{_options.Folder}': none of its files ends in .pgm, .ppm or .pnm.");
    }

    private static Picture Look(string path, bool keepOpen)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            var picture = new Picture(path, PictureFile.ReadHeader(file, path), keepOpen ? file : null);
            if (!keepOpen)
            {
                file.Dispose();
            }

            return picture;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private FrameRead Read(FramePool pool, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var due = Time.GetTimestamp();
        if (_options.FrameRate is { } rate)
        {
            var taken = (long)Math.Floor(Time.GetElapsedTime(_start).TotalSeconds * rate) + 1;
            var last = _options.Repeat ? long.MaxValue : _pictures.Length;
            _next = Math.Max(_next, Math.Min(taken, last) - _options.DriverQueue);
            due = _start + (long)(_next / rate * Time.TimestampFrequency);
        }

        if (!_options.Repeat && _next >= _pictures.Length)
        {
            return FrameRead.EndOfStream;
        }

        if (Time.GetTimestamp() is var now && due > now)
        {
            var left = Time.GetElapsedTime(now, due);
            _wait!.Wait(left < timeout ? left : timeout, cancellationToken);
            if (left > timeout)
            {
                return FrameRead.Timeout;
            }
        }

        return Take(pool, due);
    }

    private FrameRead Take(FramePool pool, long due)
    {
        var sequence = _next++;
        ref readonly var picture = ref _pictures[sequence % _pictures.Length];
        ref readonly var header = ref picture.Header;
        ref readonly var first = ref _pictures[0].Header;
        var info = new FrameInfo
        {
            Camera = Name,
            Sequence = sequence,
            HostTimestamp = due,
            Width = header.Width,
            Height = header.Height,
            Stride = header.Stride,
            Length = (int)header.PixelBytes,
            PixelFormat = header.PixelFormat,
            Status = (header.Width, header.Height, header.PixelFormat) == (first.Width, first.Height, first.PixelFormat) ? FrameStatus.Complete : FrameStatus.WrongSize,
        };
        if (!pool.TryRent(Name, out var buffer))
        {
            return FrameRead.Dropped(info);
        }

        var file = picture.File;
        try
        {
            file ??= File.OpenHandle(picture.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var isWhole = PictureFile.ReadPixels(file, header, buffer.Bytes);
            return FrameRead.Delivered(buffer.Publish(isWhole ? info : info with { Status = FrameStatus.Incomplete }));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            buffer.Dispose();
            throw new FrameSourceException(Name, $"Camera '{Name}' cannot show picture {sequence}, '{picture.Path}': {e.Message}", e);
        }
        finally
        {
            if (picture.File is null)
            {
                file?.Dispose();
            }
        }
    }

    /// <summary>A picture as it was when the camera was opened.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="header">What it says.</param>
    /// <param name="file">The file, if it stays open.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly struct Picture(string path, PictureHeader header, SafeFileHandle? file)
    {
        public readonly PictureHeader Header = header;

        public string Path => path;

        public SafeFileHandle? File => file;
    }
}
