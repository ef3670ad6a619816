using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <content>Streams and buffers. Push and pop are safe on any thread; the rest of one object is not.</content>
internal static unsafe partial class Aravis
{
    // The buffer's memory stays ours: libaravis neither frees it nor writes past the size.
    [LibraryImport(Library)]
    public static partial nint arv_buffer_new_full(nuint size, nint memory, nint data, nint destroy);

    [LibraryImport(Library)]
    public static partial nint arv_buffer_get_user_data(nint buffer);

    [LibraryImport(Library)]
    public static partial BufferStatus arv_buffer_get_status(nint buffer);

    [LibraryImport(Library)]
    public static partial PayloadType arv_buffer_get_payload_type(nint buffer);

    [LibraryImport(Library)]
    public static partial ulong arv_buffer_get_frame_id(nint buffer);

    [LibraryImport(Library)]
    public static partial void arv_buffer_set_frame_id(nint buffer, ulong id);

    [LibraryImport(Library)]
    public static partial ulong arv_buffer_get_timestamp(nint buffer);

    // The bytes that came, with all chunks; only after a success.
    [LibraryImport(Library)]
    public static partial nint arv_buffer_get_data(nint buffer, out nuint size);

    // True only for two of the three ways to say it: not for ExtendedChunkData.
    [LibraryImport(Library)]
    public static partial int arv_buffer_has_chunks(nint buffer);

    [LibraryImport(Library)]
    public static partial nint arv_buffer_get_image_data(nint buffer, out nuint size);

    [LibraryImport(Library)]
    public static partial int arv_buffer_get_image_width(nint buffer);

    [LibraryImport(Library)]
    public static partial int arv_buffer_get_image_height(nint buffer);

    [LibraryImport(Library)]
    public static partial uint arv_buffer_get_image_pixel_format(nint buffer);

    // Takes the caller's reference on the buffer.
    [LibraryImport(Library)]
    public static partial void arv_stream_push_buffer(SafeHandle stream, nint buffer);

    // Gives the caller the stream's reference on the buffer; 0 when none came in time.
    [LibraryImport(Library)]
    public static partial nint arv_stream_timeout_pop_buffer(SafeHandle stream, ulong microseconds);

    [LibraryImport(Library)]
    public static partial void arv_stream_start_thread(SafeHandle stream);

    [LibraryImport(Library)]
    public static partial uint arv_stream_stop_thread(SafeHandle stream, int deleteBuffers);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial ulong arv_stream_get_info_uint64_by_name(SafeHandle stream, string name);

    [LibraryImport(Library)]
    public static partial ushort arv_gv_stream_get_port(SafeHandle stream);

    [LibraryImport(Library)]
    public static partial nuint arv_gv_stream_packet_resend_get_type();
}

internal enum BufferStatus
{
    Unknown = -1,
    Success,
    Cleared,
    Timeout,
    MissingPackets,
    WrongPacketId,
    SizeMismatch,
    Filling,
    Aborted,
}

internal enum PayloadType
{
    Unknown = -1,
    Image = 1,
    ChunkData = 4,
    ExtendedChunkData = 5,
}
