namespace Hardening.Supervision.Tests;

/// <summary>What an owner has beside its children, as the system shows it: whom it needs to keep them, and where.</summary>
/// <param name="Owner">The application.</param>
/// <param name="SupervisorId">The supervisor itself: the owner tells of what holds its PID namespace, where there is one.</param>
/// <param name="Keepers">The supervisor, its guard, and what started them.</param>
/// <param name="ControlGroup">The directory of the supervisor's control group; null when it is the owner's own.</param>
internal sealed record Household(OwnerProcess Owner, int SupervisorId, IReadOnlyList<ScannedProcess> Keepers, string? ControlGroup)
{
    public static async Task<Household> OfAsync(OwnerProcess owner, MarkedDirectory marked, CancellationToken timeout)
    {
        var told = await owner.SupervisorIdAsync(timeout);
        var children = marked.Processes.Select(process => process.Id).ToHashSet();
        var keepers = ProcessScan.DescendantsOf(owner.Id).Where(process => process.State != 'Z' && !children.Contains(process.Id) && !IsMarked(process)).ToList();
        Assert.That(keepers.Select(keeper => keeper.Id), Does.Contain(told));
        var supervisor = keepers.Single(keeper => keeper.Name == "hardening-super").Id;
        var group = ControlGroupOf(supervisor);
        return new Household(owner, supervisor, keepers, group == ControlGroupOf(owner.Id) ? null : group);

        bool IsMarked(ScannedProcess process) => ProcessScan.WorkingDirectory(process.Id)?.Contains("/hardening-marked-", StringComparison.Ordinal) ?? true;
    }

    /// <summary>Kills the owner (or not) and these keepers at once: stopped first, so that none sees another die.</summary>
    public static void KillAtOnce(params IReadOnlyList<int> processes)
    {
        Signals.Stop(processes);
        Signals.Send("KILL", processes);
    }

    /// <summary>Once the owner is gone, so is all that it needed.</summary>
    public async Task IsGoneAsync(CancellationToken timeout)
    {
        await Eventually.HoldsAsync(() => !Keepers.Any(keeper => keeper.IsAlive), $"they end: {string.Join(", ", Keepers)}", timeout);
        await Eventually.HoldsAsync(() => !Directory.Exists(ControlGroup), $"{ControlGroup} is removed", timeout);
    }

    private static string? ControlGroupOf(int process)
    {
        var mount = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1];
        var path = File.ReadLines($"/proc/{process}/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?["0::".Length..];
        return mount is null || path is null ? null : mount + path;
    }
}
