using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <content>The camera's features, with every refusal told as what was asked, what the camera made of it, and what it allows.</content>
internal sealed partial class AravisDevice
{
    public bool Has(string feature)
    {
        nint error = 0;
        var available = Aravis.arv_camera_is_feature_available(Camera, feature, ref error);
        GLib.ThrowIfSet(error);
        return available != 0;
    }

    public long GetInteger(string feature)
    {
        nint error = 0;
        var value = Aravis.arv_camera_get_integer(Camera, feature, ref error);
        GLib.ThrowIfSet(error);
        return value;
    }

    /// <summary>Sets an integer within the limits of this moment, and reads it back: the library checks no range, and cameras round.</summary>
    public void SetInteger(string feature, long value)
    {
        var range = IntegerRange(feature);
        if (!range.Allows(value))
        {
            throw Refused($"{feature} cannot be {value}: it allows {range}");
        }

        nint error = 0;
        Aravis.arv_camera_set_integer(Camera, feature, value, ref error);
        GLib.ThrowIfSet(error);
        if (FindNode(feature) is var node && AccessOf(node) != AravisFeatureAccess.WriteOnly && GetInteger(feature) is var got && got != value)
        {
            throw Refused($"{feature} was set to {value} and is {got}: it allows {range}");
        }
    }

    /// <summary>Sets an integer to the largest value that the camera allows up to this one.</summary>
    public void SetIntegerAtMost(string feature, long most)
    {
        nint error = 0;
        Aravis.arv_camera_get_integer_bounds(Camera, feature, out var least, out _, ref error);
        GLib.ThrowIfSet(error);
        var step = Math.Max(Aravis.arv_camera_get_integer_increment(Camera, feature, ref error), 1);
        GLib.ThrowIfSet(error);
        SetInteger(feature, most - ((most - least) % step));
    }

    /// <summary>Lets the camera fire test packets until the largest that arrives is known, and sets it: some tens of ms.</summary>
    public long FindPacketSize()
    {
        nint error = 0;
        var size = Aravis.arv_camera_gv_auto_packet_size(Camera, ref error);
        GLib.ThrowIfSet(error);
        return size;
    }

    public uint GetPixelFormat()
    {
        nint error = 0;
        var format = Aravis.arv_camera_get_pixel_format(Camera, ref error);
        GLib.ThrowIfSet(error);
        return format;
    }

    public void SetPixelFormat(PixelFormat format)
    {
        nint error = 0;
        if (!AvailablePixelFormats().Contains((long)format))
        {
            throw Refused($"the pixel format cannot be {format}: it offers {string.Join(", ", AvailablePixelFormatNames())}");
        }

        Aravis.arv_camera_set_pixel_format(Camera, (uint)format, ref error);
        GLib.ThrowIfSet(error);
        if (GetPixelFormat() is var got && got != (uint)format)
        {
            throw Refused($"the pixel format was set to {format} and is {(PixelFormat)got}");
        }
    }

    /// <summary>Free running without an end, which is what a stream means here.</summary>
    public void SetContinuous()
    {
        if (Has("AcquisitionMode"))
        {
            nint error = 0;
            Aravis.arv_camera_set_acquisition_mode(Camera, mode: 0, ref error);
            GLib.ThrowIfSet(error);
        }
    }

    /// <summary>Frames per second; null where the camera has no such setting.</summary>
    public double? GetFrameRate()
    {
        nint error = 0;
        var available = Aravis.arv_camera_is_frame_rate_available(Camera, ref error);
        GLib.ThrowIfSet(error);
        if (available == 0)
        {
            return null;
        }

        var rate = Aravis.arv_camera_get_frame_rate(Camera, ref error);
        GLib.ThrowIfSet(error);
        return rate;
    }

    public void SetFrameRate(double rate)
    {
        if (GetFrameRate() is null)
        {
            throw Refused("it has no frame rate that could be set");
        }

        nint error = 0;
        Aravis.arv_camera_get_frame_rate_bounds(Camera, out var least, out var most, ref error);
        GLib.ThrowIfSet(error);
        if (rate < least || rate > most) // the library would take the nearest in silence
        {
            throw Refused($"the frame rate cannot be {rate:0.###} Hz: it allows {least:0.###} to {most:0.###} Hz with the present region and pixel format");
        }

        Aravis.arv_camera_set_frame_rate(Camera, rate, ref error);
        GLib.ThrowIfSet(error);
        if (GetFrameRate() is var got && !(Math.Abs(got.GetValueOrDefault() - rate) <= rate * 0.01)) // cameras count whole ticks
        {
            throw Refused($"the frame rate was set to {rate:0.###} Hz and is {got:0.###} Hz: it allows {least:0.###} to {most:0.###} Hz");
        }
    }

    public void SetPacketDelay(TimeSpan delay)
    {
        nint error = 0;
        var asked = (long)delay.TotalNanoseconds;
        Aravis.arv_camera_gv_set_packet_delay(Camera, asked, ref error);
        GLib.ThrowIfSet(error);
        var got = Aravis.arv_camera_gv_get_packet_delay(Camera, ref error);
        GLib.ThrowIfSet(error);
        if (Math.Abs(got - asked) > 1_000 + (asked / 100))
        {
            throw Refused($"the packet delay was set to {asked:N0} ns and is {got:N0} ns");
        }
    }

    /// <summary>The bytes of one frame with everything that comes with it.</summary>
    public uint GetPayload()
    {
        nint error = 0;
        var payload = Aravis.arv_camera_get_payload(Camera, ref error);
        GLib.ThrowIfSet(error);
        return payload;
    }

    private unsafe long[] AvailablePixelFormats()
    {
        nint error = 0;
        var formats = Aravis.arv_camera_dup_available_pixel_formats(Camera, out var count, ref error);
        GLib.ThrowIfSet(error);
        var copy = new Span<long>((void*)formats, (int)count).ToArray();
        GLib.g_free(formats);
        return copy;
    }

    private unsafe string[] AvailablePixelFormatNames()
    {
        nint error = 0;
        var names = Aravis.arv_camera_dup_available_pixel_formats_as_strings(Camera, out var count, ref error);
        GLib.ThrowIfSet(error);
        var copy = new string[count];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = Marshal.PtrToStringUTF8(((nint*)names)[i]) ?? "";
        }

        GLib.g_free(names); // the names are the camera's
        return copy;
    }
}
