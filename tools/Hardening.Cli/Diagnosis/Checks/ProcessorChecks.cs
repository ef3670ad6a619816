using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>What keeps threads from running.</summary>
internal static class ProcessorChecks
{
    private const string Subject = "Processors";
    private const double NotedSteal = 0.02, BadSteal = 0.1;

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("governor", Subject, "performance, on every processor",
            "A processor that slows down between frames takes milliseconds to get up to speed again, for each frame.", Governor),
        new("cpu-steal", Subject, "less than 2 % of the time",
            "In this time the hypervisor ran another machine on these processors: threads stand still, and nothing in here shows why.", Steal),
        new("clock-source", Subject, "tsc, arch_sys_counter or kvm-clock",
            "With hpet or acpi_pm every reading of the clock costs a microsecond and more, and frames, locks and logs read it all the time.", ClockSource),
        new("cpu-quota", Subject, "none, or at least one whole processor",
            "A group that has used up its quota stands still until the next period, up to 100 ms, in the middle of a frame.", Quota),
        new("cpu-throttling", Subject, "no periods throttled",
            "In each of these periods all threads of the group stood still.", Throttling),
    ];

    private static IEnumerable<Answer> Governor(Host host)
    {
        const string Root = "/sys/devices/system/cpu";
        var governors = (from name in host.Files.List(Root)
                         where name.StartsWith("cpu", StringComparison.Ordinal) && name.Length > 3 && char.IsAsciiDigit(name[3])
                         let governor = host.TryText($"{Root}/{name}/cpufreq/scaling_governor")
                         where governor is not null
                         group name by governor into same
                         orderby same.Count() descending
                         select (Name: same.Key, Count: same.Count())).ToList();
        yield return governors switch
        {
            [] => Answer.Unknown("the system shows no frequencies: a virtual machine, whose host decides, or no driver"),
            [("performance", _)] => Answer.Pass("performance"),
            _ => Answer.Warn(string.Join(", ", governors.Select(governor => $"{governor.Name} on {governor.Count}")), Remedy.SystemFile($"{Root}/cpu*/cpufreq/scaling_governor", "performance", "governor")),
        };
    }

    private static IEnumerable<Answer> Steal(Host host)
    {
        const int UserTimes = 8; // guest times come after these and are part of them
        const int StealTime = 7;
        var steal = host.Counter("/proc/stat", text => Counters.ProcessorTimes(text) is { Length: > StealTime } times ? times[StealTime] : null);
        var all = host.Counter("/proc/stat", text => Counters.ProcessorTimes(text).Take(UserTimes).Sum());
        var sinceStart = all.Total > 0 ? (double)steal.Total / all.Total : 0;
        double? now = all.Since > 0 && steal.Since is { } ticks ? (double)ticks / all.Since.Value : null;
        var found = $"{Share(sinceStart)} since the start" + (now is { } share ? $", {Share(share)} while looking" : "");
        var remedy = Remedy.Advice("no command in here can: processors of its own for this machine (pinning, a dedicated host), or fewer machines on its host");
        yield return Math.Max(sinceStart, now ?? 0) switch
        {
            > BadSteal => Answer.Fail(found, remedy),
            > NotedSteal => Answer.Warn(found, remedy),
            _ => Answer.Pass(found),
        };
    }

    private static IEnumerable<Answer> ClockSource(Host host)
    {
        const string Folder = "/sys/devices/system/clocksource/clocksource0";
        var source = host.Text(Folder + "/current_clocksource");
        var offered = (host.TryText(Folder + "/available_clocksource") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        yield return source is "tsc" or "arch_sys_counter" or "kvm-clock" or "hyperv_clocksource_tsc_page" or "riscv_clocksource" or "timebase" ? Answer.Pass(source)
            : offered.Contains("tsc") ? Answer.Warn(source, new Remedy($"echo tsc > {Folder}/current_clocksource", "# boot with the kernel parameter clocksource=tsc"))
            : Answer.Warn(source, Remedy.Advice("boot with the kernel parameter tsc=reliable, if the processors' counters agree (dmesg | grep -i tsc)"));
    }

    private static IEnumerable<Answer> Quota(Host host)
    {
        var quota = new ControlGroups(host).Quota();
        yield return quota switch
        {
            null => Answer.Pass("none"),
            < 1 => Answer.Fail($"{Decimal(quota.Value)} of {host.Processors} processors", Remedy.Advice("more CPU for the container or service: docker run --cpus, resources.limits.cpu, CPUQuota=")),
            _ when quota < host.ProcessProcessors => Answer.Warn(
                $"{Decimal(quota.Value)} of {host.Processors} processors", Remedy.Advice("rather bind the process to whole processors: docker run --cpuset-cpus, AllowedCPUs=, taskset")),
            _ => Answer.Pass($"{Decimal(quota.Value)} processors, of {host.Processors}"),
        };
    }

    private static IEnumerable<Answer> Throttling(Host host)
    {
        var folder = new ControlGroups(host).FolderOf("cpu") ?? throw new CannotTellException("the process is in no control group that counts processor time");
        if (host.TryText(folder + "/cpu.stat") is { } text && Counters.Keyed(text, "nr_throttled") is null)
        {
            yield return Answer.Pass("nothing can throttle the group that the process is in");
            yield break;
        }

        var throttled = host.Counter(folder + "/cpu.stat", text => Counters.Keyed(text, "nr_throttled"));
        var periods = host.Counter(folder + "/cpu.stat", text => Counters.Keyed(text, "nr_periods"));
        var found = $"{throttled}, of {Count(periods.Total)} periods";
        var remedy = Remedy.Advice("more CPU for the container or service, or fewer threads that run at once (see cpu-quota)");
        yield return throttled switch
        {
            { Since: > 0 } => Answer.Fail(found, remedy),
            { Total: > 0 } => Answer.Warn(found, remedy),
            _ => Answer.Pass("none"),
        };
    }
}
