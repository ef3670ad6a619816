using System.Globalization;
using System.Runtime.InteropServices;
using Hardening.Interop;

namespace Hardening.Processes;

/// <summary>The CPU time of a running process and of those of its children that it waited for, from /proc.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessorTimes(TimeSpan User, TimeSpan Privileged)
{
    // utime, stime, cutime, cstime of proc_pid_stat(5), counted from the state, which follows the name
    private const int FirstField = 11;

    /// <summary>Null when there is no such process.</summary>
    public static ProcessorTimes? Of(int processId)
    {
        if (ProcessStat.Read(processId) is not { } fields)
        {
            return null;
        }

        var ticks = Array.ConvertAll(fields[FirstField..(FirstField + 4)], field => long.Parse(field, CultureInfo.InvariantCulture));
        return new ProcessorTimes(Time(ticks[0] + ticks[2]), Time(ticks[1] + ticks[3]));
    }

    private static TimeSpan Time(long ticks) => TimeSpan.FromSeconds((double)ticks / Libc.ClockTicksPerSecond);
}
