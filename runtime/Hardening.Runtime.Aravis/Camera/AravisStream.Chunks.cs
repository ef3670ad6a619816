using Hardening.Interop;

namespace Hardening.Camera;

/// <content>Frames that carry values besides their picture.</content>
internal sealed unsafe partial class AravisStream
{
    // 4: the picture is a chunk like any other, and its size is not said. 5: the older, 1 with a flag: the newer way to say it, which is one and the same otherwise.
    private static bool IsChunked(PayloadType type, nint buffer) =>
        type is PayloadType.ChunkData or PayloadType.ExtendedChunkData || (type == PayloadType.Image && Aravis.arv_buffer_has_chunks(buffer) != 0);

    private FrameInfo DescribeChunked(nint buffer, PayloadType type, int slot, FrameInfo info)
    {
        _ = Aravis.arv_buffer_get_data(buffer, out var size);
        if (size > (nuint)_format.PayloadBytes)
        {
            return info with { Status = FrameStatus.WrongSize };
        }

        if (type != PayloadType.ChunkData && !HasAnnouncedShape(buffer))
        {
            return info with { Status = FrameStatus.WrongSize };
        }

        var metadata = _metadata?[slot];
        metadata?.Clear();
        var trail = new ChunkTrail(new ReadOnlySpan<byte>((void*)_filling[slot].Address, (int)size));
        while (trail.MoveNext())
        {
            for (var i = 0; metadata is not null && i < _device.Chunks.Count; i++)
            {
                if (_device.Chunks[i].ChunkId == trail.Id)
                {
                    _device.Chunks[i].TryRead(trail.Data, metadata, i);
                }
            }
        }

        if (trail.IsWhole)
        {
            return trail.Data.Length >= info.Length ? info with { Metadata = metadata } : info with { Status = FrameStatus.WrongSize };
        }

        // Not the sizes that the chunks tell, so none of their values is to be trusted; the picture may be whole.
        metadata?.Clear();
        return type != PayloadType.ChunkData && size == (nuint)_format.PayloadBytes ? info with { Metadata = metadata } : info with { Status = FrameStatus.WrongSize };
    }

    private bool HasAnnouncedShape(nint buffer) =>
        (Aravis.arv_buffer_get_image_width(buffer), Aravis.arv_buffer_get_image_height(buffer), (PixelFormat)Aravis.arv_buffer_get_image_pixel_format(buffer))
        == (_format.Width, _format.Height, _format.PixelFormat);
}
