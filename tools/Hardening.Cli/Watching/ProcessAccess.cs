namespace Hardening.Cli.Watching;

/// <summary>What this user may not read of a process, said with what gives it.</summary>
internal static class ProcessAccess
{
    private const int CapSysPtrace = 19;

    public static IReadOnlyList<string> Missing(ProcessDirectory process)
    {
        if (process.TryRead($"task/{process.Id}/syscall", out _) is null || !process.Exists)
        {
            return [];
        }

        var self = new ProcessDirectory(Environment.ProcessId);
        return [Explain(process.Id, process.User, self.User, Capabilities(self), self.Read("../sys/kernel/yama/ptrace_scope").Trim())];
    }

    /// <param name="id">The process.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="own">Who asks.</param>
    /// <param name="capabilities">What who asks is capable of: bits of capabilities(7).</param>
    /// <param name="ptraceScope">As kernel.yama.ptrace_scope has it; empty without Yama.</param>
    public static string Explain(int id, int? user, int? own, ulong capabilities, string ptraceScope)
    {
        const string Lost = "what its threads wait for (locks, wait channels, system calls) and its libraries cannot be read. Times, states, waits for a processor, faults and children can";
        var remedy = $"Run 'sudo harden watch {id}', or give it the capability SYS_PTRACE (docker run --cap-add SYS_PTRACE; Kubernetes: securityContext.capabilities.add)";
        return user is { } owner && own is { } asker && owner != asker && asker != 0
            ? $"Process {id} is of user {owner} and this program runs as user {asker}, so {Lost}. {remedy}, or run it as user {owner}."
            : ptraceScope is "1" or "2" or "3" && (capabilities & (1UL << CapSysPtrace)) == 0
                ? $"kernel.yama.ptrace_scope is {ptraceScope}, so {Lost}. {remedy}, or start the program by 'harden watch -- command'."
                : $"The system refuses the look at process {id} (it has other capabilities, is not dumpable, or a security module forbids it), so {Lost}. {remedy}.";
    }

    private static ulong Capabilities(ProcessDirectory process) =>
        ulong.TryParse(process.Status("CapEff"), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out var bits) ? bits : 0;
}
