using System.Globalization;
using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <content>Values of features by name: checked before, read back after.</content>
internal sealed partial class AravisDevice
{
    public string ReadText(string name) => TypeOf(RequireNode(name)) switch
    {
        AravisFeatureType.Integer => ReadInteger(name).ToString(CultureInfo.InvariantCulture),
        AravisFeatureType.Float => ReadFloat(name).ToString("R", CultureInfo.InvariantCulture),
        AravisFeatureType.Boolean => ReadBoolean(name) ? "true" : "false",
        AravisFeatureType.Enumeration => ReadState(name),
        AravisFeatureType.String => ReadString(name),
        var type => throw Refused($"{name} is of type {type}, which has no value to read"),
    };

    public void WriteText(string name, string value)
    {
        switch (TypeOf(RequireNode(name)))
        {
            case AravisFeatureType.Integer:
                WriteInteger(name, FeatureText.TryInteger(value, out var integer) ? integer : throw NotA("a whole number"));
                break;
            case AravisFeatureType.Float:
                WriteFloat(name, double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw NotA("a number"));
                break;
            case AravisFeatureType.Boolean:
                WriteBoolean(name, FeatureText.TryBoolean(value, out var flag) ? flag : throw NotA("true or false"));
                break;
            case AravisFeatureType.Enumeration:
                WriteEnumeration(name, value);
                break;
            case AravisFeatureType.String:
                WriteString(name, value);
                break;
            case AravisFeatureType.Command:
                ExecuteCommand(name);
                break;
            case var type:
                throw Refused($"{name} is of type {type}, which cannot be set");
        }

        FrameSourceException NotA(string wanted) => Refused($"{name} cannot be '{value}': it takes {wanted}");
    }

    public long ReadInteger(string name)
    {
        RequireToRead(name, AravisFeatureType.Integer);
        return GetInteger(name);
    }

    public void WriteInteger(string name, long value)
    {
        RequireToWrite(name, AravisFeatureType.Integer);
        SetInteger(name, value);
    }

    public double ReadFloat(string name)
    {
        RequireToRead(name, AravisFeatureType.Float);
        nint error = 0;
        var value = Aravis.arv_device_get_float_feature_value(_device, name, ref error);
        GLib.ThrowIfSet(error);
        return value;
    }

    /// <returns>What the camera made of it.</returns>
    public double WriteFloat(string name, double value)
    {
        var isReadable = AccessOf(RequireToWrite(name, AravisFeatureType.Float)) != AravisFeatureAccess.WriteOnly;
        var range = FloatRange(name);
        if (!range.Allows(value))
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"{name} cannot be {value:R}: it allows {range}"));
        }

        nint error = 0;
        Aravis.arv_device_set_float_feature_value(_device, name, value, ref error);
        GLib.ThrowIfSet(error);
        if (!isReadable)
        {
            return value;
        }

        var got = ReadFloat(name);
        return Math.Abs(got - value) <= Math.Max(Math.Abs(value) * 0.01, range.Step ?? 0) // cameras count whole ticks
            ? got
            : throw Refused(string.Create(CultureInfo.InvariantCulture, $"{name} was set to {value:R} and is {got:R}: it allows {range}"));
    }

    public bool ReadBoolean(string name)
    {
        RequireToRead(name, AravisFeatureType.Boolean);
        nint error = 0;
        var value = Aravis.arv_device_get_boolean_feature_value(_device, name, ref error) != 0;
        GLib.ThrowIfSet(error);
        return value;
    }

    public void WriteBoolean(string name, bool value)
    {
        var isReadable = AccessOf(RequireToWrite(name, AravisFeatureType.Boolean)) != AravisFeatureAccess.WriteOnly;
        nint error = 0;
        Aravis.arv_device_set_boolean_feature_value(_device, name, value ? 1 : 0, ref error);
        GLib.ThrowIfSet(error);
        if (isReadable && ReadBoolean(name) != value)
        {
            throw Refused($"{name} was set to {value} and is {!value}");
        }
    }

    public string ReadString(string name)
    {
        RequireToRead(name, AravisFeatureType.String);
        nint error = 0;
        var value = Marshal.PtrToStringUTF8(Aravis.arv_device_get_string_feature_value(_device, name, ref error));
        GLib.ThrowIfSet(error);
        return value ?? "";
    }

    public void WriteString(string name, string value)
    {
        var node = RequireToWrite(name, AravisFeatureType.String);
        nint error = 0;
        var most = Aravis.arv_gc_string_get_max_length(node, ref error);
        GLib.ThrowIfSet(error);
        if (System.Text.Encoding.UTF8.GetByteCount(value) is var bytes && bytes > most)
        {
            throw Refused($"{name} cannot be '{value}': it has {bytes} bytes, and {most} are allowed");
        }

        Aravis.arv_device_set_string_feature_value(_device, name, value, ref error);
        GLib.ThrowIfSet(error);
        if (AccessOf(node) != AravisFeatureAccess.WriteOnly && ReadString(name) is var got && got != value)
        {
            throw Refused($"{name} was set to '{value}' and is '{got}'");
        }
    }

    public string ReadEnumeration(string name) =>
        FindEntry(name, out var number) ?? throw Refused($"{name} is {number}, which is none of its entries: {string.Join(", ", Entries(name))}");

    /// <summary>The entry of an enumeration; its number where the description knows no entry of it, as with states that came after it was written.</summary>
    public string ReadState(string name) => FindEntry(name, out var number) ?? number.ToString(CultureInfo.InvariantCulture);

    public void WriteEnumeration(string name, string entry)
    {
        var node = RequireToWrite(name, AravisFeatureType.Enumeration);
        if (Entries(name) is var entries && !entries.Contains(entry, StringComparer.Ordinal))
        {
            throw Refused($"{name} cannot be '{entry}': it offers {(entries.Length == 0 ? "nothing" : string.Join(", ", entries))}");
        }

        nint error = 0;
        _ = Aravis.arv_gc_enumeration_set_string_value(node, entry, ref error);
        GLib.ThrowIfSet(error);
        if (AccessOf(node) != AravisFeatureAccess.WriteOnly && ReadEnumeration(name) is var got && got != entry)
        {
            throw Refused($"{name} was set to {entry} and is {got}");
        }
    }

    public void ExecuteCommand(string name)
    {
        RequireToWrite(name, AravisFeatureType.Command);
        nint error = 0;
        Aravis.arv_device_execute_command(_device, name, ref error);
        GLib.ThrowIfSet(error);
    }

    private string? FindEntry(string name, out long number)
    {
        var node = RequireToRead(name, AravisFeatureType.Enumeration);
        nint error = 0;
        number = Aravis.arv_gc_enumeration_get_int_value(node, ref error);
        GLib.ThrowIfSet(error);
        var entry = Marshal.PtrToStringUTF8(Aravis.arv_gc_enumeration_get_string_value(node, ref error));
        GLib.ThrowIfSet(error);
        return entry;
    }
}
