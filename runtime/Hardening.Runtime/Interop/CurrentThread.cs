using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>The system's number of the calling thread: gettid(2), asked once per thread.</summary>
internal static partial class CurrentThread
{
    [ThreadStatic]
    private static int t_id;

    public static int Id => t_id != 0 ? t_id : Ask();

    private static int Ask() => t_id = OperatingSystem.IsLinux() ? gettid() : Environment.CurrentManagedThreadId;

    [LibraryImport("libc")]
    private static partial int gettid();
}
