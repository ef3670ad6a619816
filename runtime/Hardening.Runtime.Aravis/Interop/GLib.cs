using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>What libaravis' objects need of GLib, GObject and GIO: references, errors, signals, properties.</summary>
internal static unsafe partial class GLib
{
    private const string GLibLibrary = "libglib-2.0.so.0";
    private const string GObjectLibrary = "libgobject-2.0.so.0";
    private const string GioLibrary = "libgio-2.0.so.0";

    // The fundamental types of GObject, fixed for good.
    private const nuint TypeUInt = 7 << 2;
    private const nuint TypeDouble = 15 << 2;

    /// <summary>Throws what a call left in its error, and frees it. An error must be 0 before every call.</summary>
    /// <param name="error">The error.</param>
    /// <param name="harmless">A domain and code that changes nothing.</param>
    /// <exception cref="AravisException">The call failed.</exception>
    public static void ThrowIfSet(nint error, string? harmless = null)
    {
        if (error == 0)
        {
            return;
        }

        var (domain, code, message) = *(GError*)error;
        var exception = new AravisException(
            Marshal.PtrToStringUTF8(message) ?? "no message",
            $"{Marshal.PtrToStringUTF8(g_quark_to_string(domain))} {code}");
        g_error_free(error);
        if (exception.Status != harmless)
        {
            throw exception;
        }
    }

    /// <summary>Frees the error of a call whose failure changes nothing.</summary>
    public static void Ignore(nint error)
    {
        if (error != 0)
        {
            g_error_free(error);
        }
    }

    /// <summary>The texts of a GSList of strings.</summary>
    public static List<string> Strings(nint list)
    {
        var texts = new List<string>();
        for (var item = (nint*)list; item is not null; item = (nint*)item[1]) // the data, and the next item
        {
            texts.Add(Marshal.PtrToStringUTF8(item[0]) ?? "");
        }

        return texts;
    }

    /// <summary>Sets a property whose type is an enum. g_object_set would be simpler, but is variadic, which P/Invoke cannot call portably.</summary>
    public static void SetEnumProperty(SafeHandle instance, string property, nuint type, int value)
    {
        var holder = default(GValue);
        _ = g_value_init(&holder, type);
        g_value_set_enum(&holder, value);
        g_object_set_property(instance, property, &holder);
    }

    /// <inheritdoc cref="SetEnumProperty"/>
    public static void SetDoubleProperty(SafeHandle instance, string property, double value)
    {
        var holder = default(GValue);
        _ = g_value_init(&holder, TypeDouble);
        g_value_set_double(&holder, value);
        g_object_set_property(instance, property, &holder);
    }

    /// <inheritdoc cref="SetEnumProperty"/>
    public static void SetUIntProperty(SafeHandle instance, string property, uint value)
    {
        var holder = default(GValue);
        _ = g_value_init(&holder, TypeUInt);
        g_value_set_uint(&holder, value);
        g_object_set_property(instance, property, &holder);
    }

    [LibraryImport(GLibLibrary)]
    public static partial void g_free(nint memory);

    [LibraryImport(GObjectLibrary)]
    public static partial void g_object_unref(nint instance);

    [LibraryImport(GObjectLibrary)]
    public static partial int g_type_check_instance_is_a(nint instance, nuint type);

    [LibraryImport(GObjectLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint g_signal_connect_data(
        SafeHandle instance, string signal, delegate* unmanaged[Cdecl]<nint, nint, void> handler, nint data, delegate* unmanaged[Cdecl]<nint, nint, void> destroy, int flags);

    [LibraryImport(GioLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint g_inet_address_new_from_string(string address);

    [LibraryImport(GLibLibrary)]
    private static partial void g_error_free(nint error);

    [LibraryImport(GLibLibrary)]
    private static partial nint g_quark_to_string(uint quark);

    [LibraryImport(GObjectLibrary)]
    private static partial nint g_value_init(GValue* value, nuint type);

    [LibraryImport(GObjectLibrary)]
    private static partial void g_value_set_enum(GValue* value, int number);

    [LibraryImport(GObjectLibrary)]
    private static partial void g_value_set_double(GValue* value, double number);

    [LibraryImport(GObjectLibrary)]
    private static partial void g_value_set_uint(GValue* value, uint number);

    [LibraryImport(GObjectLibrary, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void g_object_set_property(SafeHandle instance, string property, GValue* value);

    private readonly record struct GError(uint Domain, int Code, nint Message);

    private struct GValue
    {
        public nuint Type;
        public long Data0;
        public long Data1;
    }
}

/// <summary>A call into libaravis failed. Callers know the camera, and turn it into a <c>FrameSourceException</c>.</summary>
internal sealed class AravisException(string message, string status) : IOException(message)
{
    /// <summary>GLib's error domain and code.</summary>
    public string Status { get; } = status;
}
