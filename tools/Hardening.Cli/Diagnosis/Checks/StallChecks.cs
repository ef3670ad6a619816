using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>What the watchdog, the witness and <c>harden watch</c> look at.</summary>
internal static class StallChecks
{
    private const string Subject = "Looking into stalls";
    private const int CapSysPtrace = 19, CapPerfmon = 38, CapSysAdmin = 21;

    private static readonly string[] s_pressures = ["cpu", "memory", "io"];

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("ptrace-scope", Subject, "kernel.yama.ptrace_scope 0 or 1",
            "The stacks of a stalled process are read through ptrace; without it a report names threads and not code.", PtraceScope),
        new("perf-events", Subject, "kernel.perf_event_paranoid at most 2",
            "What a process does in the kernel while it stalls can be sampled only where perf events are allowed.", PerfEvents),
        new("pressure", Subject, "/proc/pressure can be read",
            "It tells whether threads waited for processors, memory or the disk: causes outside the process.", Pressure),
        new("scheduler-statistics", Subject, "/proc/PID/schedstat counts",
            "How long each thread ran, and waited for a processor, is the cheapest and most telling sign of a stall's cause.", SchedulerStatistics),
        new("process-visibility", Subject, "/proc without hidepid",
            "With hidepid, processes of other users cannot be watched, and neighbours that take the processors are not seen.", Visibility),
    ];

    private static IEnumerable<Answer> PtraceScope(Host host)
    {
        const string File = "/proc/sys/kernel/yama/ptrace_scope";
        if (host.Files.Read(File).Text is null && host.Files.List("/proc/sys/kernel") is { Count: > 0 })
        {
            yield return Answer.Pass("not restricted (no Yama)");
            yield break;
        }

        var scope = host.Number(File);
        yield return scope switch
        {
            0 => Answer.Pass("0"),
            1 => Answer.Pass("1: the witness may, as its application names it; others need CAP_SYS_PTRACE"),
            2 when host.HasCapability(CapSysPtrace) => Answer.Pass("2, and CAP_SYS_PTRACE"),
            2 => Answer.Warn("2", new Remedy("sysctl -w kernel.yama.ptrace_scope=1", "echo 'kernel.yama.ptrace_scope = 1' > /etc/sysctl.d/90-hardening-kernel.yama.ptrace_scope.conf # or CAP_SYS_PTRACE for both processes")),
            _ => Answer.Warn($"{scope}: forbidden to all until the next boot", new Remedy("# boot first: 3 cannot be taken back", "echo 'kernel.yama.ptrace_scope = 1' > /etc/sysctl.d/90-hardening-kernel.yama.ptrace_scope.conf")),
        };
    }

    private static IEnumerable<Answer> PerfEvents(Host host)
    {
        var level = host.Number("/proc/sys/kernel/perf_event_paranoid");
        yield return level <= 2 ? Answer.Pass(Count(level))
            : host.HasCapability(CapPerfmon) || host.HasCapability(CapSysAdmin) ? Answer.Pass($"{Count(level)}, and the capability for it")
            : Answer.Warn(Count(level), Remedy.Sysctl("kernel.perf_event_paranoid", 2));
    }

    private static IEnumerable<Answer> Pressure(Host host)
    {
        var missing = s_pressures.Where(name => host.TryText("/proc/pressure/" + name) is not { Length: > 0 }).ToList();
        yield return missing.Count == 0
            ? Answer.Pass("cpu, memory, io")
            : Answer.Warn($"not for {string.Join(", ", missing)}", new Remedy("# needs a boot", "# boot with the kernel parameter psi=1; in a container: /proc/pressure must not be masked"));
    }

    private static IEnumerable<Answer> SchedulerStatistics(Host host)
    {
        var fields = host.Text(host.Process + "/schedstat").Split(' ').Select(Host.AsNumber).ToList();
        yield return fields is [> 0, { }, > 0]
            ? Answer.Pass("yes")
            : Answer.Warn("it does not count", new Remedy("sysctl -w kernel.sched_schedstats=1", "echo 'kernel.sched_schedstats = 1' > /etc/sysctl.d/90-hardening-kernel.sched_schedstats.conf"));
    }

    private static IEnumerable<Answer> Visibility(Host host)
    {
        var options = host.Text("/proc/self/mountinfo").Split('\n').Where(line => line.Contains(" /proc ", StringComparison.Ordinal) && line.Contains(" - proc ", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[^1].Split(',')).Where(option => option.StartsWith("hidepid=", StringComparison.Ordinal)).ToList();
        yield return options.LastOrDefault() is { } hidden and not ("hidepid=0" or "hidepid=off")
            ? Answer.Warn(hidden, new Remedy("mount -o remount,hidepid=0 /proc", "# in /etc/fstab, at /proc: hidepid=0, or gid= of a group that the watcher is in"))
            : Answer.Pass("all processes are seen");
    }
}
