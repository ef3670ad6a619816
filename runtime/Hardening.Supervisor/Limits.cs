using System.Runtime.InteropServices;
using Hardening.Interop;
using Hardening.Processes.Supervision;

namespace Hardening.Supervisor;

/// <summary>Puts limits on a child that has just been started, and on what it has started in that moment: the system cannot start one with limits.</summary>
internal static class Limits
{
    /// <returns>0, or the error number where the child cannot be limited, as one that runs as another user.</returns>
    public static int Set(int processId, in ChildTextHeader limits)
    {
        if (limits is { MemoryBytes: < 0, OpenFiles: < 0, CpuSeconds: < 0 })
        {
            return 0;
        }

        List<int> processes = [processId];
        for (var at = 0; at < processes.Count; at++)
        {
            if (!TrySet(processes[at], limits) && Marshal.GetLastPInvokeError() is var error and not Libc.ESRCH)
            {
                return error;
            }

            ProcessLook.AddChildren(processes[at], processes);
        }

        return 0;
    }

    private static bool TrySet(int processId, in ChildTextHeader limits) =>
        TrySet(processId, Libc.RLIMIT_AS, limits.MemoryBytes)
        && TrySet(processId, Libc.RLIMIT_NOFILE, limits.OpenFiles)
        && TrySet(processId, Libc.RLIMIT_CPU, limits.CpuSeconds, beyond: 1); // SIGXCPU at the soft limit, SIGKILL at the hard one

    private static bool TrySet(int processId, int resource, long limit, uint beyond = 0) =>
        limit < 0 || Libc.TryLowerLimit(processId, resource, (ulong)limit, (ulong)limit + beyond);
}
