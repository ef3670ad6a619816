using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Camera;

/// <summary>
/// Set when the camera has not answered for some seconds, or has another master. The signal comes on the thread that asks the camera for a sign of
/// life, where closing anything would wait for that very thread: it only sets a flag.
/// </summary>
internal sealed unsafe class ControlLostSignal
{
    private volatile bool _isSet;

    public bool IsSet => _isSet;

    /// <summary>Connects a signal to a device. It needs no disconnecting: the device frees the handle with the connection, after the last call of it.</summary>
    public static ControlLostSignal Connect(GObjectHandle device)
    {
        var signal = new ControlLostSignal();
        var handle = GCHandle.ToIntPtr(GCHandle.Alloc(signal));
        if (GLib.g_signal_connect_data(device, "control-lost", &Set, handle, &Free, flags: 0) == 0)
        {
            Free(handle);
        }

        return signal;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Set(nint device, nint handle) => ((ControlLostSignal)GCHandle.FromIntPtr(handle).Target!)._isSet = true;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Free(nint handle, nint closure) => Free(handle);

    private static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();
}
