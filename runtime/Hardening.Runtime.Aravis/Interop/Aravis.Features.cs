using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <content>Features by name. Nodes belong to the device's description, which has no lock of its own: one thread at a time for one device.</content>
internal static unsafe partial class Aravis
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint arv_device_get_feature(SafeHandle device, string feature);

    // Belongs to the device.
    [LibraryImport(Library)]
    public static partial nint arv_device_get_genicam_xml(SafeHandle device, out nuint size);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_device_execute_command(SafeHandle device, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_device_set_boolean_feature_value(SafeHandle device, string feature, int value, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int arv_device_get_boolean_feature_value(SafeHandle device, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_device_set_string_feature_value(SafeHandle device, string feature, string value, ref nint error);

    // Belongs to the device.
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint arv_device_get_string_feature_value(SafeHandle device, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_device_set_float_feature_value(SafeHandle device, string feature, double value, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial double arv_device_get_float_feature_value(SafeHandle device, string feature, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_device_get_float_feature_bounds(SafeHandle device, string feature, out double least, out double most, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial double arv_device_get_float_feature_increment(SafeHandle device, string feature, ref nint error);

    // The array is the caller's, the names the device's.
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint arv_device_dup_available_enumeration_feature_values_as_strings(SafeHandle device, string feature, out uint count, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_gc_enumeration_get_string_value(nint node, ref nint error);

    [LibraryImport(Library)]
    public static partial long arv_gc_enumeration_get_int_value(nint node, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int arv_gc_enumeration_set_string_value(nint node, string value, ref nint error);

    [LibraryImport(Library)]
    public static partial long arv_gc_string_get_max_length(nint node, ref nint error);

    [LibraryImport(Library)]
    public static partial nint arv_gc_integer_get_unit(nint node);

    [LibraryImport(Library)]
    public static partial nint arv_gc_float_get_unit(nint node);

    // A GSList of names, which belongs to the category until it is asked again.
    [LibraryImport(Library)]
    public static partial nint arv_gc_category_get_features(nint node);

    [LibraryImport(Library)]
    public static partial nint arv_gc_feature_node_get_description(nint node);

    [LibraryImport(Library)]
    public static partial nint arv_gc_feature_node_get_tooltip(nint node);

    [LibraryImport(Library)]
    public static partial int arv_gc_feature_node_is_implemented(nint node, ref nint error);

    [LibraryImport(Library)]
    public static partial int arv_gc_feature_node_is_available(nint node, ref nint error);

    [LibraryImport(Library)]
    public static partial int arv_gc_feature_node_is_locked(nint node, ref nint error);

    // 0 read only, 1 write only, 2 both
    [LibraryImport(Library)]
    public static partial int arv_gc_feature_node_get_actual_access_mode(nint node);

    [LibraryImport(Library)]
    public static partial nuint arv_gc_feature_node_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_enumeration_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_command_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_category_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_boolean_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_float_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_integer_get_type();

    [LibraryImport(Library)]
    public static partial nuint arv_gc_string_get_type();
}
