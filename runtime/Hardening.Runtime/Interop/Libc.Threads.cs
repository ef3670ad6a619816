using System.Runtime.InteropServices;

namespace Hardening.Interop;

/// <summary>Where and how urgently the calling thread runs: sched_setaffinity(2), sched_setscheduler(2), setpriority(2). On Linux each of them speaks of a thread, 0 of the calling one.</summary>
internal static partial class Libc
{
    /// <summary>No machine has a processor of this number or a higher one.</summary>
    public const int MaxProcessors = 8192;

    private const int PRIO_PROCESS = 0;
    private const int SCHED_RR = 2;

    /// <returns>Null, or why not.</returns>
    public static string? TryUseProcessors(IEnumerable<int> processors)
    {
        if (!OperatingSystem.IsLinux())
        {
            return NotHere;
        }

        Span<byte> mask = stackalloc byte[MaxProcessors / 8];
        mask.Clear();
        foreach (var processor in processors)
        {
            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        return sched_setaffinity(0, (nuint)mask.Length, mask) == 0 ? null : LastError();
    }

    /// <inheritdoc cref="TryUseProcessors"/>
    public static string? TryRunInRealTime(int priority) =>
        !OperatingSystem.IsLinux() ? NotHere : sched_setscheduler(0, SCHED_RR, in priority) == 0 ? null : LastError();

    /// <inheritdoc cref="TryUseProcessors"/>
    public static string? TryBeNice(int niceness) =>
        !OperatingSystem.IsLinux() ? NotHere : setpriority(PRIO_PROCESS, 0, niceness) == 0 ? null : LastError();

    private const string NotHere = "this is not Linux";

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nuint bytes, ReadOnlySpan<byte> mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setscheduler(int thread, int policy, in int priority);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setpriority(int which, int thread, int niceness);
}
