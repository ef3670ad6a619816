using Microsoft.Win32.SafeHandles;

namespace Hardening.Interop;

/// <summary>
/// One reference on an object of libaravis. Giving it back may talk to a camera, which takes seconds when the camera is dead: to be disposed on a
/// thread that may wait, and never given back on the finalizer's.
/// </summary>
internal sealed class GObjectHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private bool _isDisposing;

    public GObjectHandle(nint instance)
        : base(ownsHandle: true) => SetHandle(instance);

    protected override void Dispose(bool disposing)
    {
        _isDisposing = disposing;
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        var instance = handle;
        if (_isDisposing)
        {
            GLib.g_object_unref(instance);
        }
        else
        {
            new Thread(() => GLib.g_object_unref(instance)) { Name = "aravis/forgotten", IsBackground = true }.Start();
        }

        return true;
    }
}
