using System.ComponentModel;
using Hardening.Interop;
using Hardening.Pool.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Pool.Frames;

/// <summary>The worker's side of shared frames: the regions that the host has announced, mapped once each. For one thread, the one that runs the jobs.</summary>
internal sealed unsafe class MappedRegions : IDisposable
{
    private readonly Dictionary<uint, Mapping> _mappings = [];

    /// <summary>Maps what the host has announced.</summary>
    /// <exception cref="IOException">It cannot be mapped; the message says why.</exception>
    public void Map(in MappedText map)
    {
        if (map.Path is not null)
        {
            Map(map.Region, map.Bytes, map.IsWritable, map.Path);
        }
        else
        {
            Map(map.Region, map.Bytes, map.IsWritable, new SafeFileHandle(map.Descriptor, ownsHandle: true));
        }
    }

    /// <summary>Maps a region that was inherited.</summary>
    /// <param name="region">Its number in frame references; a region of this number that is mapped already is replaced.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="writable">Whether this process writes to it.</param>
    /// <param name="file">Closed by this call.</param>
    /// <exception cref="IOException">It cannot be mapped, or is shorter than <paramref name="bytes"/>; the message says why.</exception>
    public void Map(uint region, long bytes, bool writable, SafeFileHandle file)
    {
        using (file)
        {
            Unmap(region);
            try
            {
                // Beyond the end of the file there is address space, but no memory: touching it would end this process.
                if (bytes <= 0 || RandomAccess.GetLength(file) is var length && length < bytes)
                {
                    throw new IOException($"Region {region} was announced with {bytes:N0} bytes, and its file has {RandomAccess.GetLength(file):N0}.");
                }

                _mappings.Add(region, new Mapping(Libc.MapFile(file, bytes, writable), bytes, writable));
            }
            catch (Exception e) when (e is Win32Exception or NotSupportedException or UnauthorizedAccessException)
            {
                throw new IOException($"Region {region} of {bytes:N0} bytes cannot be mapped: {e.Message}", e);
            }
        }
    }

    /// <summary>Maps a region by a path, such as <c>/proc/1234/fd/57</c>.</summary>
    /// <exception cref="IOException">It cannot be opened or mapped, or is shorter than <paramref name="bytes"/>; the message says why.</exception>
    public void Map(uint region, long bytes, bool writable, string path)
    {
        try
        {
            Map(region, bytes, writable, Libc.OpenFile(path, writable));
        }
        catch (Win32Exception e)
        {
            throw new IOException($"Region {region} cannot be opened as '{path}': {e.Message}. A worker needs the user of its host, and the same /proc.", e);
        }
    }

    /// <summary>Gives the region up. Does nothing where there is none.</summary>
    public void Unmap(uint region)
    {
        if (_mappings.Remove(region, out var mapping))
        {
            Libc.Unmap(mapping.Address, mapping.Bytes);
        }
    }

    /// <summary>The bytes that a reference names. Not to be used once the region is unmapped.</summary>
    /// <exception cref="IOException">The region is not mapped, or the reference reaches beyond it; the message says which.</exception>
    public ReadOnlySpan<byte> Read(in FrameReference frame) => new((void*)(Find(frame).Address + (nint)frame.Offset), (int)frame.Length);

    /// <summary>The bytes that an output reference names, to be written.</summary>
    /// <exception cref="IOException">The region is not mapped, or not writable, or the reference reaches beyond it.</exception>
    public Span<byte> Write(in FrameReference output)
    {
        var mapping = Find(output);
        return mapping.IsWritable && (output.Flags & FrameReferenceFlags.Output) != 0
            ? new Span<byte>((void*)(mapping.Address + (nint)output.Offset), (int)output.Length)
            : throw new IOException($"The memory in region {output.Region} at {output.Offset:N0} is not for writing: it is no output of the job.");
    }

    public void Dispose()
    {
        foreach (var region in _mappings.Keys.ToArray())
        {
            Unmap(region);
        }
    }

    private Mapping Find(in FrameReference frame)
    {
        if (!_mappings.TryGetValue(frame.Region, out var mapping))
        {
            throw new IOException($"The job refers to region {frame.Region}, which is not mapped here.");
        }

        // Each number for itself first: their sum could wrap.
        return frame.Length <= int.MaxValue && frame.Offset <= (ulong)mapping.Bytes && frame.Length <= (ulong)mapping.Bytes - frame.Offset
            ? mapping
            : throw new IOException($"The job refers to {frame.Length:N0} bytes at {frame.Offset:N0} of region {frame.Region}, which has {mapping.Bytes:N0}.");
    }

    private readonly record struct Mapping(nint Address, long Bytes, bool IsWritable);
}
