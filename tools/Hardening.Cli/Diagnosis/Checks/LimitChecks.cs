using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>How much of everything a process may have.</summary>
internal static class LimitChecks
{
    private const string Subject = "Limits of the process";
    private const long NotedFiles = 16_384, LeastFiles = 4096;
    private const long NotedProcesses = 4096;
    private const long NotedProcessIds = 65_536;
    private const long NotedThreads = 32_768;
    private const long NotedGroupProcesses = 1024;
    private const double NotedUse = 0.8;
    private const int CapSysNice = 23;

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("open-files", Subject, "a hard limit of 16,384 or more, less than 80 % of it used",
            "Each camera, pipe, socket and process handle takes one or more; .NET takes all that the hard limit allows, and then every open fails.", OpenFiles),
        new("user-processes", Subject, "4,096 or more",
            "Threads count too, of all processes of this user: at the limit, starting a thread or a child fails.", UserProcesses),
        new("realtime-priority", Subject, "RLIMIT_RTPRIO of 10 or more, or CAP_SYS_NICE",
            "Without it the threads that receive frames compete with everything else on the host for processors.", RealtimePriority),
        new("core-dumps", Subject, "allowed",
            "After a crash in native code (OpenCV, a driver) nothing tells where, unless a core was written.", CoreDumps),
        new("process-ids", Subject, "kernel.pid_max at least 65,536",
            "Ids are used again soon: with 32,768 a busy host comes round within minutes, and a stale pid means a stranger.", ProcessIds),
        new("threads", Subject, "kernel.threads-max at least 32,768, less than 80 % used",
            "At the limit no thread and no process of anybody starts.", Threads),
        new("group-processes", Subject, "pids.max none or at least 1,024, less than 80 % used",
            "A container's limit on processes counts threads; at the limit a thread cannot be started, and .NET ends the process.", GroupProcesses),
    ];

    private static IEnumerable<Answer> OpenFiles(Host host)
    {
        var (soft, hard) = ProcessLimits.Of(host, "Max open files");
        long? open = host.Scope.ProcessId is not null && host.Files.List(host.Process + "/fd") is { Count: > 0 } files ? files.Count : null;
        var found = $"{ProcessLimits.Text(soft)} soft, {ProcessLimits.Text(hard)} hard" + (open is { } count ? $", {Count(count)} open" : "");
        var remedy = Remedy.Limit(host.Scope.ProcessId, 'n', "nofile", "LimitNOFILE", "65536");
        yield return open > soft * NotedUse ? Answer.Fail(found, remedy)
            : hard < LeastFiles ? Answer.Fail(found, remedy)
            : hard < NotedFiles ? Answer.Warn(found, remedy)
            : Answer.Pass(found);
    }

    private static IEnumerable<Answer> UserProcesses(Host host)
    {
        var (soft, _) = ProcessLimits.Of(host, "Max processes");
        yield return soft < NotedProcesses
            ? Answer.Warn(ProcessLimits.Text(soft), Remedy.Limit(host.Scope.ProcessId, 'u', "nproc", "LimitNPROC", "16384"))
            : Answer.Pass(ProcessLimits.Text(soft));
    }

    private static IEnumerable<Answer> RealtimePriority(Host host)
    {
        var (soft, _) = ProcessLimits.Of(host, "Max realtime priority");
        yield return soft >= 10 ? Answer.Pass(ProcessLimits.Text(soft))
            : host.HasCapability(CapSysNice) ? Answer.Pass($"{ProcessLimits.Text(soft)}, and CAP_SYS_NICE")
            : Answer.Warn(ProcessLimits.Text(soft), Remedy.Limit(host.Scope.ProcessId, 'r', "rtprio", "LimitRTPRIO", "20"));
    }

    private static IEnumerable<Answer> CoreDumps(Host host)
    {
        var (soft, _) = ProcessLimits.Of(host, "Max core file size");
        var pattern = host.TryText("/proc/sys/kernel/core_pattern") ?? "not known";
        yield return soft == 0 && !pattern.StartsWith('|') // a program that gets the core is started whatever the limit
            ? Answer.Warn($"none: the limit is 0, the pattern '{pattern}'", Remedy.Limit(host.Scope.ProcessId, 'c', "core", "LimitCORE", "unlimited"))
            : Answer.Pass(soft == 0 ? $"given to '{pattern}'" : $"{ProcessLimits.Text(soft)}, as '{pattern}'");
    }

    private static IEnumerable<Answer> ProcessIds(Host host)
    {
        var most = host.Number("/proc/sys/kernel/pid_max");
        yield return most < NotedProcessIds ? Answer.Warn(Count(most), Remedy.Sysctl("kernel.pid_max", 4_194_304)) : Answer.Pass(Count(most));
    }

    private static IEnumerable<Answer> Threads(Host host)
    {
        var most = Math.Min(host.Number("/proc/sys/kernel/threads-max"), host.Number("/proc/sys/kernel/pid_max"));
        var now = Host.AsNumber((host.TryText("/proc/loadavg") ?? "").Split(' ').ElementAtOrDefault(3)?.Split('/')[^1]);
        var found = $"{(now is { } count ? Count(count) : "an unknown number")} of {Count(most)}";
        var remedy = new Remedy("sysctl -w kernel.threads-max=262144\nsysctl -w kernel.pid_max=4194304", "printf 'kernel.threads-max = 262144\\nkernel.pid_max = 4194304\\n' > /etc/sysctl.d/90-hardening-threads.conf");
        yield return now > most * NotedUse ? Answer.Fail(found, remedy)
            : most < NotedThreads ? Answer.Warn(found, remedy)
            : Answer.Pass(found);
    }

    private static IEnumerable<Answer> GroupProcesses(Host host)
    {
        if (new ControlGroups(host).Least("pids", "pids.max", "pids.max", (text, _) => Host.AsNumber(text)) is not { } limit)
        {
            yield return Answer.Pass("no limit");
            yield break;
        }

        var now = host.TryNumber(limit.Folder + "/pids.current");
        var found = $"{(now is { } count ? Count(count) : "an unknown number")} of {Count((long)limit.Value)}";
        var remedy = Remedy.Advice("more for the container or service: docker run --pids-limit, TasksMax=, podPidsLimit of the kubelet");
        yield return now > limit.Value * NotedUse ? Answer.Fail(found, remedy)
            : limit.Value < NotedGroupProcesses ? Answer.Warn(found, remedy)
            : Answer.Pass(found);
    }
}
