using System.Text;
using Hardening.Interop;

namespace Hardening.Stalls.Sampling;

/// <summary>A file that is opened once, and read from its start again and again.</summary>
internal sealed class ProcFile(string path) : IDisposable
{
    private int _descriptor = Open(path);

    public string Path => path;

    public bool IsOpen => _descriptor >= 0;

    /// <summary>Whether there is something in it: some of the system's files are there and refuse to be read.</summary>
    public bool IsReadable
    {
        get
        {
            Span<byte> first = stackalloc byte[1];
            return !Read(first).IsEmpty;
        }
    }

    /// <summary>Why it is not open, negative; 0 when it is.</summary>
    public int Error => Math.Min(0, _descriptor);

    /// <returns>The descriptor, the caller's to close; or the error number, negative.</returns>
    public static int Open(string path) => OperatingSystem.IsLinux() ? Libc.OpenAt(Libc.NoDirectory, Encoding.UTF8.GetBytes(path + '\0')) : -Libc.ENOENT;

    /// <returns>What there is from the position on, as far as it fits; nothing where it cannot be read.</returns>
    public ReadOnlySpan<byte> Read(Span<byte> buffer, long offset = 0) =>
        _descriptor >= 0 && Libc.ReadAt(_descriptor, buffer, offset) is var count and > 0 ? buffer[..count] : [];

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _descriptor, -1) is var descriptor and >= 0)
        {
            _ = Libc.close(descriptor);
        }
    }
}
