using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>The GigE Vision cameras on the networks of this machine.</summary>
public static class AravisCameras
{
    private static readonly Lock OneAtATime = new(); // the library keeps one list for the process

    /// <summary>Asks by broadcast on every network of this machine who is there, and waits one second for answers: for setting up, not for production.</summary>
    /// <exception cref="FrameSourceException">libaravis is not installed.</exception>
    public static IReadOnlyList<AravisCamera> Discover()
    {
        AravisLibrary.Require("discovery");
        lock (OneAtATime)
        {
            Aravis.arv_disable_interface("USB3Vision"); // would open every USB device of the machine
            Aravis.arv_update_device_list();
            var cameras = new List<AravisCamera>();
            for (var i = 0u; i < Aravis.arv_get_n_devices(); i++)
            {
                if (Text(Aravis.arv_get_device_protocol(i)) == "GigEVision")
                {
                    cameras.Add(new AravisCamera(
                        Text(Aravis.arv_get_device_id(i)), Text(Aravis.arv_get_device_address(i)),
                        Text(Aravis.arv_get_device_vendor(i)), Text(Aravis.arv_get_device_model(i)), Text(Aravis.arv_get_device_serial_nbr(i))));
                }
            }

            return cameras;
        }
    }

    internal static AravisCamera Find(string source, string device)
    {
        var cameras = Discover();
        var found = cameras.Where(camera => camera.Id == device || camera.SerialNumber == device).ToArray();
        return found.Length switch
        {
            1 => found[0],
            0 => throw new FrameSourceException(source, $"There is no GigE Vision camera '{device}' (camera '{source}'); found were {Describe(cameras)}. Check the cable and the network, or give its address."),
            _ => throw new FrameSourceException(source, $"'{device}' is the name of several GigE Vision cameras (camera '{source}'): {Describe(found)}. Give the address of the one that is meant."),
        };
    }

    private static string Describe(IReadOnlyCollection<AravisCamera> cameras) =>
        cameras.Count == 0 ? "none" : string.Join(", ", cameras.Select(camera => $"{camera.Id} at {camera.Address}"));

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";
}

/// <summary>A camera that answered.</summary>
/// <param name="Id">What it calls itself: vendor and serial number.</param>
/// <param name="Address">Its IPv4 address.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="Model">Which model it is.</param>
/// <param name="SerialNumber">Its serial number.</param>
public sealed record AravisCamera(string Id, string Address, string Vendor, string Model, string SerialNumber);
