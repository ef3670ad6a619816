using System.Runtime.InteropServices;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>A named pipe, on which a read blocks in the kernel, where no limit of FFmpeg's reaches it, until the test writes or closes.</summary>
internal sealed partial class Fifo : IDisposable
{
    private FileStream? _writer;

    public Fifo()
    {
        Path = System.IO.Path.Combine(TestDirectory.Path, $"{Guid.NewGuid():N}.mjpg");
        Assert.That(MakeFifo(Path, 0x180), Is.Zero, "mkfifo"); // rw-------
    }

    public string Path { get; }

    /// <summary>Opens it for writing; also lets a reader's open return. Read as well, so that this does not wait for a reader.</summary>
    public void OpenForWriting() => _writer = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    public void WriteFrames(int count)
    {
        for (var number = 0; number < count; number++)
        {
            _writer!.Write(Video.Jpeg(number, 64, 48));
        }
    }

    /// <summary>The reader finds the end.</summary>
    public void CloseWriting()
    {
        _writer?.Dispose();
        _writer = null;
    }

    public void Dispose()
    {
        // Whoever blocks in open or read comes back.
        if (_writer is null)
        {
            OpenForWriting();
        }

        CloseWriting();
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeFifo(string path, uint mode);
}
