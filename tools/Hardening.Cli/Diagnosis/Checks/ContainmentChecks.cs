using System.Globalization;
using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>What ending child processes with all their descendants rests on (docs/runtime/processes.md).</summary>
internal static class ContainmentChecks
{
    private const string Subject = "Child processes";
    private const int ManyZombies = 100;
    private const int CapSysAdmin = 21;

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("kernel", Subject, "Linux 5.14 or newer",
            "Process handles (5.3) and the end of a whole control group at once (5.14) are what makes ending children certain.", Kernel),
        new("control-groups", Subject, "version 2",
            "Only version 2 can end all processes of a group at once, whatever they have become.", Groups),
        new("control-group-delegation", Subject, "the process may make groups below its own",
            "Then every supervised child and its descendants are in a group that the kernel ends; without, they are found one by one.", Delegation),
        new("pid-namespaces", Subject, "user namespaces allowed, or CAP_SYS_ADMIN",
            "Containment.PidNamespace needs them: the one level at which the kernel ends all children even if all who watch them are killed.", Namespaces),
        new("zombies", Subject, "none left to process 1",
            "Process 1 does not take note of ended children, as an application that is process 1 of a container does not: they fill the table of processes.", Zombies),
    ];

    private static IEnumerable<Answer> Kernel(Host host)
    {
        var release = host.Text("/proc/sys/kernel/osrelease");
        var remedy = Remedy.Advice("a newer kernel: any distribution of 2022 or later has one");
        yield return !Version.TryParse(string.Concat(release.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.'), out var version) ? Answer.Unknown($"'{release}' tells no version")
            : version < new Version(5, 3) ? Answer.Fail(release, remedy)
            : version < new Version(5, 14) ? Answer.Warn(release, remedy)
            : Answer.Pass(release);
    }

    private static IEnumerable<Answer> Groups(Host host)
    {
        var groups = new ControlGroups(host);
        yield return groups.Unified is null
            ? Answer.Warn("version 1 only", Remedy.Advice("boot with the kernel parameter systemd.unified_cgroup_hierarchy=1"))
            : Answer.Pass(groups.IsUnified("memory") ? "version 2" : "version 2, beside version 1");
    }

    private static IEnumerable<Answer> Delegation(Host host)
    {
        var folder = new ControlGroups(host).Unified ?? throw new CannotTellException("there is no control group of version 2");
        var isWritable = host.Files.CanWrite(folder + "/cgroup.procs");
        yield return isWritable
            ? Answer.Pass($"yes, below {folder}")
            : Answer.Warn($"no: {folder}/cgroup.procs may not be written to", new Remedy(
                "# start the application with: systemd-run --user --scope -p Delegate=yes COMMAND",
                "# in the service's unit: Delegate=yes; in a container: docker run --cgroupns=private, with /sys/fs/cgroup writable"));
    }

    private static IEnumerable<Answer> Namespaces(Host host)
    {
        if (host.HasCapability(CapSysAdmin))
        {
            yield return Answer.Pass("yes (CAP_SYS_ADMIN)");
            yield break;
        }

        yield return (host.TryNumber("/proc/sys/user/max_user_namespaces"), host.TryNumber("/proc/sys/kernel/unprivileged_userns_clone"), host.TryNumber("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")) switch
        {
            (0, _, _) => Answer.Warn("user.max_user_namespaces is 0", Remedy.Sysctl("user.max_user_namespaces", 65_536)),
            (_, 0, _) => Answer.Warn("kernel.unprivileged_userns_clone is 0", Remedy.Sysctl("kernel.unprivileged_userns_clone", 1)),
            (_, _, 1) => Answer.Warn("kernel.apparmor_restrict_unprivileged_userns is 1", Remedy.Sysctl("kernel.apparmor_restrict_unprivileged_userns", 0)),
            (null, _, _) => Answer.Unknown("this kernel tells nothing about user namespaces"),
            _ => Answer.Pass(host.ProcessStatus("Seccomp") is null or "0" ? "yes" : "yes, unless the seccomp filter that is on forbids it (docker's does)"),
        };
    }

    private static IEnumerable<Answer> Zombies(Host host)
    {
        var zombies = 0;
        foreach (var name in host.Files.List("/proc").Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            // pid (name, which may have anything in it) state parent …
            if (host.TryText($"/proc/{name}/stat") is { } stat && stat[(stat.LastIndexOf(')') + 1)..].TrimStart().StartsWith("Z 1 ", StringComparison.Ordinal))
            {
                zombies++;
            }
        }

        var first = host.TryText("/proc/1/comm") ?? "not known";
        var remedy = Remedy.Advice("an init as process 1: docker run --init, or tini as the entry point; or shareProcessNamespace of a pod");
        yield return zombies switch
        {
            > ManyZombies => Answer.Fail($"{Count(zombies)}, process 1 is '{first}'", remedy),
            > 0 => Answer.Warn($"{Count(zombies)}, process 1 is '{first}'", remedy),
            _ when first == "dotnet" => Answer.Warn("none yet, but process 1 is 'dotnet', which takes note of its own children only", remedy),
            _ => Answer.Pass($"none, process 1 is '{first}'"),
        };
    }
}
