using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>libaravis 0.8: devices and cameras. A <c>GError**</c> is a <c>ref nint</c> that is 0 before the call.</summary>
/// <remarks>Signatures are those of 0.8.26. Later minor versions have another soname, and change how streams are made and stopped.</remarks>
internal static unsafe partial class Aravis
{
    public const string Library = "libaravis-0.8.so.0";

    [LibraryImport(Library)]
    public static partial uint arv_get_micro_version();

    // Neither takes the global lock nor broadcasts, as opening by name does, and it keeps the true error.
    [LibraryImport(Library)]
    public static partial nint arv_gv_device_new(nint interfaceAddress, nint deviceAddress, ref nint error);

    [LibraryImport(Library)]
    public static partial int arv_gv_device_is_controller(SafeHandle device);

    [LibraryImport(Library)]
    public static partial ulong arv_gv_device_get_timestamp_tick_frequency(SafeHandle device, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_new_with_device(SafeHandle device, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_get_vendor_name(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_get_model_name(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_get_device_serial_number(SafeHandle camera, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int arv_camera_is_feature_available(SafeHandle camera, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_camera_set_integer(SafeHandle camera, string feature, long value, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long arv_camera_get_integer(SafeHandle camera, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_camera_get_integer_bounds(SafeHandle camera, string feature, out long least, out long most, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial long arv_camera_get_integer_increment(SafeHandle camera, string feature, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_set_pixel_format(SafeHandle camera, uint format, ref nint error);

    [LibraryImport(Library)]
    public static partial uint arv_camera_get_pixel_format(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_dup_available_pixel_formats(SafeHandle camera, out uint count, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_camera_dup_available_pixel_formats_as_strings(SafeHandle camera, out uint count, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_set_acquisition_mode(SafeHandle camera, int mode, ref nint error);

    [LibraryImport(Library)]
    public static partial int arv_camera_is_frame_rate_available(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_set_frame_rate(SafeHandle camera, double framesPerSecond, ref nint error);

    [LibraryImport(Library)]
    public static partial double arv_camera_get_frame_rate(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_get_frame_rate_bounds(SafeHandle camera, out double least, out double most, ref nint error);

    [LibraryImport(Library)]
    public static partial uint arv_camera_get_payload(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_gv_set_packet_delay(SafeHandle camera, long nanoseconds, ref nint error);

    [LibraryImport(Library)]
    public static partial long arv_camera_gv_get_packet_delay(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial uint arv_camera_gv_auto_packet_size(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_gv_set_packet_size_adjustment(SafeHandle camera, int mode);

    [LibraryImport(Library)]
    public static partial void arv_camera_gv_set_stream_options(SafeHandle camera, int options);

    [LibraryImport(Library)]
    public static partial nint arv_camera_create_stream(SafeHandle camera, nint callback, nint data, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_start_acquisition(SafeHandle camera, ref nint error);

    [LibraryImport(Library)]
    public static partial void arv_camera_stop_acquisition(SafeHandle camera, ref nint error);
}
