using static Hardening.Cli.Diagnosis.Quantity;

namespace Hardening.Cli.Diagnosis.Checks;

/// <summary>What makes memory slow, or ends it.</summary>
internal static class MemoryChecks
{
    private const string Subject = "Memory and files";
    private const double LeastAvailable = 0.1, NotedUse = 0.8, BadUse = 0.95;
    private const long Unlimited = 1L << 60; // version 1 writes "no limit" as a number near the largest
    private const long LeastSharedMemory = 256 << 20;
    private const long NotedSpace = 1L << 30, LeastSpace = 100L << 20;
    private const long CalmSwappiness = 10;

    public static IReadOnlyList<HostCheck> All { get; } =
    [
        new("transparent-huge-pages", Subject, "madvise",
            "With 'always' the kernel compacts memory and copies pages on behalf of threads that only wanted to store a value.", HugePages),
        new("huge-page-defrag", Subject, "not always",
            "With 'always' an allocation waits until the kernel has put a huge page together, for milliseconds.", Defrag),
        new("swap", Subject, "none, or vm.swappiness at most 10",
            "A page that was swapped out takes milliseconds to come back, and a garbage collection touches all of them.", Swap),
        new("overcommit", Subject, "vm.overcommit_memory 0 or 1",
            "With 2, address space counts as memory: .NET reserves hundreds of gigabytes of it, and fails to start or to fork.", Overcommit),
        new("memory-available", Subject, "at least 10 % of the memory",
            "Below that the kernel takes pages of programs and files away, and threads wait for the disk in page faults.", Available),
        new("memory-limit", Subject, "none, or less than 80 % used",
            "A group at its limit first stalls, while the kernel looks for pages to take back, and then one of its processes is killed.", MemoryLimit),
        new("memory-kills", Subject, "no process killed",
            "The kernel killed a process of this group for its memory: it will again.", MemoryKills),
        new("shared-memory", Subject, "/dev/shm of 256 MiB or more",
            "A container has 64 MiB by default: whoever shares frames there dies of SIGBUS at the first page that is too many.", SharedMemory),
        new("temporary-space", Subject, "1 GiB free in /tmp",
            "Reports, dumps and the sockets of diagnostic tools go there; what cannot be written is missing when it is wanted.", TemporarySpace),
    ];

    private static IEnumerable<Answer> HugePages(Host host)
    {
        const string File = "/sys/kernel/mm/transparent_hugepage/enabled";
        var chosen = Chosen(host.Text(File));
        yield return chosen == "always" ? Answer.Warn(chosen, Remedy.SystemFile(File, "madvise", "huge-pages")) : Answer.Pass(chosen);
    }

    private static IEnumerable<Answer> Defrag(Host host)
    {
        const string File = "/sys/kernel/mm/transparent_hugepage/defrag";
        var chosen = Chosen(host.Text(File));
        yield return chosen == "always" ? Answer.Warn(chosen, Remedy.SystemFile(File, "madvise", "huge-page-defrag")) : Answer.Pass(chosen);
    }

    private static IEnumerable<Answer> Swap(Host host)
    {
        var memory = host.Text("/proc/meminfo");
        var (total, free) = (Kilobytes(memory, "SwapTotal"), Kilobytes(memory, "SwapFree"));
        var swappiness = host.TryNumber("/proc/sys/vm/swappiness");
        var found = $"{Bytes(total - free)} of {Bytes(total)} used, swappiness {(swappiness is { } value ? Count(value) : "not known")}";
        yield return total == 0 ? Answer.Pass("none")
            : swappiness <= CalmSwappiness ? Answer.Pass(found)
            : Answer.Warn(found, Remedy.Sysctl("vm.swappiness", CalmSwappiness));
    }

    private static IEnumerable<Answer> Overcommit(Host host)
    {
        var mode = host.Number("/proc/sys/vm/overcommit_memory");
        yield return mode == 2 ? Answer.Fail("2", Remedy.Sysctl("vm.overcommit_memory", 0)) : Answer.Pass(Count(mode));
    }

    private static IEnumerable<Answer> Available(Host host)
    {
        var memory = host.Text("/proc/meminfo");
        var (total, available) = (Kilobytes(memory, "MemTotal"), Kilobytes(memory, "MemAvailable"));
        var found = $"{Bytes(available)} of {Bytes(total)}";
        yield return total > 0 && (double)available / total < LeastAvailable
            ? Answer.Warn(found, Remedy.Advice("look who has it: ps -eo pid,rss,comm --sort=-rss | head"))
            : Answer.Pass(found);
    }

    private static IEnumerable<Answer> MemoryLimit(Host host)
    {
        var groups = new ControlGroups(host);
        if (groups.Least("memory", "memory.max", "memory.limit_in_bytes", (text, _) => Host.AsNumber(text) is < Unlimited and var bytes ? bytes : null) is not { } limit)
        {
            yield return Answer.Pass("none");
            yield break;
        }

        var used = host.Number($"{limit.Folder}/{(groups.IsUnified("memory") ? "memory.current" : "memory.usage_in_bytes")}");
        var stat = host.TryText(limit.Folder + "/memory.stat") ?? "";
        var files = Counters.Keyed(stat, "total_inactive_file") ?? Counters.Keyed(stat, "inactive_file") ?? 0; // pages that are given back when asked for
        var share = limit.Value > 0 ? Math.Max(0, used - files) / limit.Value : 1;
        var found = $"{Bytes(Math.Max(0, used - files))} of {Bytes((long)limit.Value)} ({Share(share)})";
        var remedy = Remedy.Advice("more memory for the container or service (docker run --memory, resources.limits.memory, MemoryMax=), or less use: frames in flight, DOTNET_GCHeapHardLimit");
        yield return share switch
        {
            > BadUse => Answer.Fail(found, remedy),
            > NotedUse => Answer.Warn(found, remedy),
            _ => Answer.Pass(found),
        };
    }

    private static IEnumerable<Answer> MemoryKills(Host host)
    {
        var groups = new ControlGroups(host);
        var folder = groups.FolderOf("memory") ?? throw new CannotTellException("the process is in no control group that bounds memory");
        var text = host.TryText(folder + "/memory.events") ?? host.TryText(folder + "/memory.oom_control");
        var kills = text is null ? null : Counters.Keyed(text, "oom_kill");
        yield return kills switch
        {
            null => Answer.Unknown($"{folder} counts no kills: it is the topmost group"),
            > 0 => Answer.Warn(Count(kills.Value), Remedy.Advice("look which: dmesg | grep -i 'killed process'; then as for memory-limit")),
            _ => Answer.Pass("none"),
        };
    }

    private static IEnumerable<Answer> SharedMemory(Host host)
    {
        var (bytes, free) = host.Files.Space("/dev/shm") ?? throw new CannotTellException("/dev/shm is not there");
        var found = $"{Bytes(bytes)}, {Bytes(free)} free";
        yield return bytes < LeastSharedMemory
            ? Answer.Warn(found, new Remedy("mount -o remount,size=1G /dev/shm", "# a container: docker run --shm-size=1g, or an emptyDir of medium Memory at /dev/shm"))
            : Answer.Pass(found);
    }

    private static IEnumerable<Answer> TemporarySpace(Host host)
    {
        var (_, free) = host.Files.Space("/tmp") ?? throw new CannotTellException("the file system of /tmp tells no size");
        var remedy = Remedy.Advice("look what fills it: du -xh /tmp | sort -h | tail");
        yield return free switch
        {
            < LeastSpace => Answer.Fail($"{Bytes(free)} free", remedy),
            < NotedSpace => Answer.Warn($"{Bytes(free)} free", remedy),
            _ => Answer.Pass($"{Bytes(free)} free"),
        };
    }

    // The one in brackets.
    private static string Chosen(string text) => text.IndexOf('[', StringComparison.Ordinal) is >= 0 and var start && text.IndexOf(']', start) is > 0 and var end
        ? text[(start + 1)..end]
        : throw new CannotTellException($"'{text}' names no choice");

    private static long Kilobytes(string text, string name) => text.Split('\n')
        .Where(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Select(line => Host.AsNumber(line[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal))).FirstOrDefault() is { } kilobytes
            ? kilobytes * 1024
            : throw new CannotTellException($"/proc/meminfo has no {name}");
}
