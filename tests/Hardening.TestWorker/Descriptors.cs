using System.Runtime.InteropServices;

namespace Hardening.TestWorker;

/// <summary>Descriptors without close-on-exec, as native libraries leave them: every child that is not started with care inherits them.</summary>
internal static partial class Descriptors
{
    public static void Open(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = dup(2);
        }
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);
}
