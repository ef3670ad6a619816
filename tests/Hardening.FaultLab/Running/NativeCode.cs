using System.Runtime.InteropServices;

namespace Hardening.FaultLab.Running;

/// <summary>native/lab.c, called.</summary>
internal sealed unsafe partial class NativeCode
{
    private const string Name = "lab";

    private readonly delegate* unmanaged<void> _lock;
    private readonly delegate* unmanaged<void> _unlock;
    private readonly delegate* unmanaged<int, void> _sleep;
    private readonly delegate* unmanaged<long, void> _touch;
    private readonly delegate* unmanaged<nint, long, void> _touchUntil;
    private readonly delegate* unmanaged<nint, void> _wakeUntil;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, void> _forkUntil;

    public NativeCode(string library)
    {
        var handle = NativeLibrary.Load(library); // stays as long as the process
        _lock = (delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "lab_lock");
        _unlock = (delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "lab_unlock");
        _sleep = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(handle, "lab_sleep");
        NativeLibrary.SetDllImportResolver(typeof(NativeCode).Assembly, (name, _, _) => name == Name ? handle : 0);
        _touch = (delegate* unmanaged<long, void>)NativeLibrary.GetExport(handle, "lab_touch");
        _touchUntil = (delegate* unmanaged<nint, long, void>)NativeLibrary.GetExport(handle, "lab_touch_until");
        _wakeUntil = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(handle, "lab_wake_until");
        _forkUntil = (delegate* unmanaged<nint, byte*, byte*, byte*, void>)NativeLibrary.GetExport(handle, "lab_fork_until");
    }

    public void Lock() => _lock();

    public void Unlock() => _unlock();

    public void Sleep(int milliseconds) => _sleep(milliseconds);

    /// <summary>Sleeps in a way that no garbage collection can do without.</summary>
    public static void SleepUnstoppably(TimeSpan time) => lab_sleep((int)time.TotalMilliseconds);

    /// <summary>Maps memory, touches it, and gives it back.</summary>
    public void Touch(long bytes) => _touch(bytes);

    public void TouchUntil(nint stopWord, long bytes) => _touchUntil(stopWord, bytes);

    public void WakeUntil(nint stopWord) => _wakeUntil(stopWord);

    /// <summary>Starts children that compute for some ms each, one after the other.</summary>
    public void ForkUntil(nint stopWord)
    {
        fixed (byte* program = "/bin/sh"u8, option = "-c"u8, text = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"u8)
        {
            _forkUntil(stopWord, program, option, text);
        }
    }

    // By its attribute: a function pointer of that kind is called in the usual way.
    [LibraryImport(Name), SuppressGCTransition]
    private static partial void lab_sleep(int milliseconds);
}
