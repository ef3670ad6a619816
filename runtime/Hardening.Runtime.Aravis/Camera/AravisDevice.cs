using System.Net;
using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>An open camera.</summary>
/// <remarks>One thread at a time, but for <see cref="Abandon"/>. Disposing talks to the camera, and takes up to 5 s when it is dead and was not abandoned.</remarks>
internal sealed partial class AravisDevice : IDisposable
{
    // Opening parses the camera's description, for which the library has one parser state in the process (static in arvdomparser.c, up to 0.9): two at once crash.
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(30);

    private readonly string _source;
    private readonly GObjectHandle _device;
    private readonly ControlSocket? _socket;

    private AravisDevice(string source, IPAddress address, GObjectHandle device, GObjectHandle camera, ControlSocket? socket)
    {
        (_source, Address, _device, Camera, _socket) = (source, address, device, camera, socket);
        ControlLost = ControlLostSignal.Connect(device);
    }

    public IPAddress Address { get; }

    public GObjectHandle Camera { get; }

    public ControlLostSignal ControlLost { get; }

    public bool IsController => Aravis.arv_gv_device_is_controller(_device) != 0;

    /// <summary>Whether the device counts time. If it does not, libaravis gives the wall clock of this machine for it.</summary>
    public bool HasClock
    {
        get
        {
            nint error = 0;
            var frequency = Aravis.arv_gv_device_get_timestamp_tick_frequency(_device, ref error);
            GLib.ThrowIfSet(error);
            return frequency > 0;
        }
    }

    public string Identity => $"{Text(Aravis.arv_camera_get_vendor_name)} {Text(Aravis.arv_camera_get_model_name)} {Text(Aravis.arv_camera_get_device_serial_number)}";

    /// <summary>Connects; one camera after another. To be called when the camera is known to be there, or it holds the others up for 2.5 s.</summary>
    /// <exception cref="AravisException">Nobody answers, or what answers is no camera.</exception>
    public static AravisDevice Open(string source, IPAddress address, IPAddress local, CancellationToken cancellationToken)
    {
        if (!OneAtATime.Wait(TurnLimit, cancellationToken))
        {
            throw new AravisException($"other cameras have not been opened for {TurnLimit}", "busy");
        }

        try
        {
            return Open(source, address, local);
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    public FrameSourceException Refused(string what) => new(_source, $"Camera '{_source}' at {Address}: {what}.");

    /// <summary>Gives the camera up: no call into the library waits for an answer of it any more, those that wait already end within half a second. On any thread.</summary>
    public void Abandon() => _socket?.Shut();

    public void Dispose()
    {
        if (ControlLost.IsSet || !IsController)
        {
            Abandon(); // there is nothing to give back
        }

        Camera.Dispose();
        _device.Dispose();
        _socket?.Dispose();
    }

    private static AravisDevice Open(string source, IPAddress address, IPAddress local)
    {
        var (from, to) = (GLib.g_inet_address_new_from_string(local.ToString()), GLib.g_inet_address_new_from_string(address.ToString()));
        try
        {
            nint error = 0;
            var others = ControlSocket.Candidates(local);
            var device = Own(Aravis.arv_gv_device_new(from, to, ref error), error);
            var socket = ControlSocket.Find(local, others);
            try
            {
                return new AravisDevice(source, address, device, Own(Aravis.arv_camera_new_with_device(device, ref error), error), socket);
            }
            catch
            {
                device.Dispose();
                socket?.Dispose();
                throw;
            }
        }
        finally
        {
            GLib.g_object_unref(from);
            GLib.g_object_unref(to);
        }
    }

    private static GObjectHandle Own(nint instance, nint error)
    {
        GLib.ThrowIfSet(error);
        return new GObjectHandle(instance);
    }

    private delegate nint TextFeature(SafeHandle camera, ref nint error);

    private string Text(TextFeature read)
    {
        nint error = 0;
        var text = Marshal.PtrToStringUTF8(read(Camera, ref error));
        GLib.ThrowIfSet(error);
        return text ?? "";
    }
}
