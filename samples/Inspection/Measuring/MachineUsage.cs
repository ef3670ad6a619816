using System.Globalization;
using System.Runtime.InteropServices;

namespace Inspection.Measuring;

/// <summary>CPU time up to a moment: of this process, of those that it has started, and of the whole machine.</summary>
/// <param name="User">Of this process, outside the kernel.</param>
/// <param name="System">Of this process, in the kernel.</param>
/// <param name="Children">Of children that have ended and were its own, and of the processes of the run that are there, both.</param>
/// <param name="MachineBusy">Of all processes together; null where the system does not tell.</param>
/// <param name="MachineTotal">What there was to be had: all cores.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MachineUsage(TimeSpan User, TimeSpan System, TimeSpan Children, TimeSpan? MachineBusy, TimeSpan? MachineTotal)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc

    /// <param name="runId">Marks the processes of the run: those with a supervisor are nobody's own children.</param>
    public static MachineUsage Now(string runId)
    {
        var cpu = Environment.CpuUsage;
        var (busy, total) = ReadMachine();
        return new MachineUsage(cpu.UserTime, cpu.PrivilegedTime, ReadChildren() + RunProcesses.CpuTime(runId), busy, total);
    }

    public static MachineUsage operator -(MachineUsage a, MachineUsage b) =>
        new(a.User - b.User, a.System - b.System, a.Children > b.Children ? a.Children - b.Children : TimeSpan.Zero, a.MachineBusy - b.MachineBusy, a.MachineTotal - b.MachineTotal);

    /// <summary>The share of all cores that others used, 0 to 1; null where it is not known.</summary>
    public double? UsedByOthers =>
        MachineTotal is { } total && total > TimeSpan.Zero && MachineBusy is { } busy ? Math.Clamp((busy - User - System - Children) / total, 0, 1) : null;

    // cpu  user nice system idle iowait irq softirq steal …: what a neighbour of the virtual machine steals is gone for us as well.
    private static (TimeSpan? Busy, TimeSpan? Total) ReadMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            return default;
        }

        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = fields.Skip(1).Take(8).Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        var idle = ticks[3] + ticks[4];
        return (Ticks(ticks.Sum() - idle), Ticks(ticks.Sum()));
    }

    private static TimeSpan ReadChildren()
    {
        if (!OperatingSystem.IsLinux())
        {
            return TimeSpan.Zero;
        }

        // The name in parentheses may hold anything, so fields count from its end: cutime and cstime are fields 16 and 17, state is 3.
        var stat = File.ReadAllText("/proc/self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return Ticks(long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture));
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromSeconds(ticks / TicksPerSecond);
}
