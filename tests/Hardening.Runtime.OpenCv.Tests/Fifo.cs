using System.Runtime.InteropServices;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>A named pipe, on which a read blocks in the kernel, where no limit of FFmpeg's reaches it, until the test writes or closes.</summary>
internal sealed partial class Fifo : IDisposable
{
    private FileStream? _writer;
    private volatile bool _isFed;

    public Fifo()
    {
        Path = System.IO.Path.Combine(TestDirectory.Path, $"{Guid.NewGuid():N}.mjpg");
        Assert.That(MakeFifo(Path, 0x180), Is.Zero, "mkfifo"); // rw-------
    }

    public string Path { get; }

    /// <summary>Writes frames once somebody has opened it to read, until <see cref="Fed"/> or until he closes it. The pipe stays open for writing.</summary>
    public Task FeedAsync() => Task.Factory.StartNew(
        () =>
        {
            _isFed = false;
            _writer ??= new FileStream(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            try
            {
                for (var number = 0; !_isFed; number++)
                {
                    _writer.Write(Video.Jpeg(number, 64, 48));
                }
            }
            catch (IOException)
            {
                CloseWriting(); // nobody reads any more
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Writes no more.</summary>
    public void Fed() => _isFed = true;

    /// <summary>The reader finds the end.</summary>
    public void CloseWriting()
    {
        _writer?.Dispose();
        _writer = null;
    }

    /// <summary>Whoever blocks in opening or reading it comes back.</summary>
    public void Dispose()
    {
        _isFed = true;
        CloseWriting();
        using (new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            // opened to read and write, which blocks never
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeFifo(string path, uint mode);
}
