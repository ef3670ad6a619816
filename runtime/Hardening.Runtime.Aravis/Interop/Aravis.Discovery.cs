using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <content>The list of devices: one for the process, so its users take turns. Strings belong to the list.</content>
internal static partial class Aravis
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void arv_disable_interface(string name);

    [LibraryImport(Library)]
    public static partial void arv_update_device_list();

    [LibraryImport(Library)]
    public static partial uint arv_get_n_devices();

    [LibraryImport(Library)]
    public static partial nint arv_get_device_id(uint index);

    [LibraryImport(Library)]
    public static partial nint arv_get_device_address(uint index);

    [LibraryImport(Library)]
    public static partial nint arv_get_device_vendor(uint index);

    [LibraryImport(Library)]
    public static partial nint arv_get_device_model(uint index);

    [LibraryImport(Library)]
    public static partial nint arv_get_device_serial_nbr(uint index);

    [LibraryImport(Library)]
    public static partial nint arv_get_device_protocol(uint index);
}
