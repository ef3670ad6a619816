using System.Net;
using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>An open camera.</summary>
/// <remarks>
/// One thread at a time, but for <see cref="Abandon"/>; threads see to it with <see cref="TakeTurn"/>. The description of a camera, through which all features
/// go, has no lock in the library; the library's own threads (heartbeat, stream) stay outside of it, and share only the control socket, which has one.
/// Disposing talks to the camera, and takes up to 5 s when it is dead and was not abandoned.
/// </remarks>
internal sealed partial class AravisDevice : IDisposable
{
    // Opening parses the camera's description, for which the library has one parser state in the process (static in arvdomparser.c, up to 0.9): two at once crash.
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan UseLimit = TimeSpan.FromSeconds(10); // a few registers of a camera that does not answer

    private readonly string _source;
    private readonly GObjectHandle _device;
    private readonly ControlSocket? _socket;
    private readonly Turns _turns = new();
    private int _clock;

    private AravisDevice(string source, IPAddress address, GObjectHandle device, GObjectHandle camera, ControlSocket? socket)
    {
        (_source, Address, _device, Camera, _socket) = (source, address, device, camera, socket);
        ControlLost = ControlLostSignal.Connect(device);
    }

    public IPAddress Address { get; }

    public GObjectHandle Camera { get; }

    public ControlLostSignal ControlLost { get; }

    /// <summary>What makes it take pictures, as it was when it was opened.</summary>
    public AravisTriggering Triggering { get; set; } = AravisTriggering.Off;

    /// <summary>Whether the size of its packets was found with test packets.</summary>
    public bool PacketSizeWasTried { get; set; }

    /// <summary>What comes with each of its frames, and where.</summary>
    public IReadOnlyList<ChunkValue> Chunks { get; set; } = [];

    /// <summary>Which clock its timestamps are from now. Any thread may ask.</summary>
    public FrameClock Clock
    {
        get => (FrameClock)Volatile.Read(ref _clock);
        set => Volatile.Write(ref _clock, (int)value);
    }

    /// <summary>Whether it was told to send frames; in one's turn.</summary>
    public bool IsAcquiring { get; private set; }

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

    public FrameSourceException Failed(string what, AravisException inner) =>
        new(_source, $"Camera '{_source}' at {Address}: {what} ({inner.Message}).", inner) { DeviceStatus = inner.Status };

    /// <summary>Gives the camera up: no call into the library waits for an answer of it any more, those that wait already end within half a second. On any thread.</summary>
    public void Abandon() => _socket?.Shut();

    /// <summary>Waits until no other thread uses the device.</summary>
    /// <exception cref="FrameSourceException">One uses it for too long.</exception>
    public Turn TakeTurn(string what) =>
        _turns.TryBegin(UseLimit) ? new Turn(_turns) : throw Refused($"it has not answered another call for {UseLimit}, so nobody can {what}");

    public void StartAcquisition()
    {
        using var turn = TakeTurn("start its stream");
        nint error = 0;
        Aravis.arv_camera_start_acquisition(Camera, ref error);
        GLib.ThrowIfSet(error);
        IsAcquiring = true;
    }

    /// <summary>Asks the camera to stop; it may be gone, or sends into the void until its heartbeat ends.</summary>
    public void StopAcquisition()
    {
        if (_turns.TryBegin(UseLimit)) // if not, the camera has not answered for long, and is to be let go
        {
            using var turn = new Turn(_turns);
            IsAcquiring = false;
            nint error = 0;
            Aravis.arv_camera_stop_acquisition(Camera, ref error);
            GLib.Ignore(error);
        }
    }

    /// <remarks>Waits for a call that another thread makes. One that never returns keeps the device, whose memory is then not freed under it.</remarks>
    public void Dispose()
    {
        if (ControlLost.IsSet || !IsController)
        {
            Abandon(); // there is nothing to give back
        }

        if (_turns.TryBegin(UseLimit))
        {
            using var turn = new Turn(_turns); // whoever waits for it finds the camera closed
            Camera.Dispose();
            _device.Dispose();
            _socket?.Dispose();
        }
    }

    /// <summary>One thread's use of the device, until it is disposed.</summary>
    public readonly struct Turn(Turns turns) : IDisposable
    {
        public void Dispose() => turns.End();
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
