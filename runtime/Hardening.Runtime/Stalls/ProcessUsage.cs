using System.Runtime.InteropServices;

namespace Hardening.Stalls;

/// <summary>What the process has used up to a moment: the first thing to know of a late wake-up. System time says kernel, no time at all says stopped or starved.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessUsage(TimeSpan User, TimeSpan System, TimeSpan GcPause)
{
    public static ProcessUsage Now()
    {
        var cpu = Environment.CpuUsage;
        return new(cpu.UserTime, cpu.PrivilegedTime, GC.GetTotalPauseDuration());
    }

    public static ProcessUsage operator -(ProcessUsage a, ProcessUsage b) => new(a.User - b.User, a.System - b.System, a.GcPause - b.GcPause);
}
