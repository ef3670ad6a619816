using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Frames;

/// <summary>The worker's side of shared frames: the regions that the host has announced, mapped once each. For one thread, the one that runs the jobs.</summary>
internal sealed class MappedRegions : IDisposable
{
    /// <summary>Maps a region that was inherited.</summary>
    /// <param name="region">Its number in frame references; a region of this number that is mapped already is replaced.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="writable">Whether this process writes to it.</param>
    /// <param name="file">Closed by this call.</param>
    /// <exception cref="IOException">It cannot be mapped, or is shorter than <paramref name="bytes"/>; the message says why.</exception>
    public void Map(uint region, long bytes, bool writable, SafeFileHandle file) => throw new NotImplementedException();

    /// <summary>Maps a region by a path, such as <c>/proc/1234/fd/57</c>.</summary>
    /// <exception cref="IOException">It cannot be opened or mapped, or is shorter than <paramref name="bytes"/>; the message says why.</exception>
    public void Map(uint region, long bytes, bool writable, string path) => throw new NotImplementedException();

    /// <summary>Gives the region up. Does nothing where there is none.</summary>
    public void Unmap(uint region) => throw new NotImplementedException();

    /// <summary>The bytes that a reference names. Not to be used once the region is unmapped.</summary>
    /// <exception cref="IOException">The region is not mapped, or the reference reaches beyond it; the message says which.</exception>
    public ReadOnlySpan<byte> Read(in FrameReference frame) => throw new NotImplementedException();

    /// <summary>The bytes that an output reference names, to be written.</summary>
    /// <exception cref="IOException">The region is not mapped, or not writable, or the reference reaches beyond it.</exception>
    public Span<byte> Write(in FrameReference output) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
