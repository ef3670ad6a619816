using System.Globalization;

namespace Hardening.Witness;

/// <summary>Why the system does not let a process be looked at, and what to do about it.</summary>
internal static class Permission
{
    private const int CapSysPtrace = 19;

    public static string Explain(int processId, int error)
    {
        var refusal = $"The system refuses the look at the threads (ptrace: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)})";
        if (ProcessLook.Status(processId, "TracerPid") is var tracer and not ("" or "0"))
        {
            return $"{refusal}: process {tracer} traces the application already, a debugger or strace. Detach it.";
        }

        var scope = ProcessLook.Read("/proc/sys/kernel/yama/ptrace_scope").Trim();
        var isCapable = HasCapability(Environment.ProcessId);
        var own = FirstId(Environment.ProcessId);
        var owners = FirstId(processId);
        return (scope, isCapable) switch
        {
            ("3", _) => $"{refusal}: kernel.yama.ptrace_scope=3 forbids it to all until the next boot. Start the machine with 0 or 1.",
            ("2", false) => $"{refusal}: kernel.yama.ptrace_scope=2 asks for the capability SYS_PTRACE. Add it (docker run --cap-add SYS_PTRACE; Kubernetes: securityContext.capabilities.add), or set kernel.yama.ptrace_scope=1.",
            (_, false) when own != owners => $"{refusal}: the witness runs as user {own}, the application as user {owners}. Run both as one user, or add the capability SYS_PTRACE.",
            (_, false) when Lacks(processId) => $"{refusal}: the application has capabilities that the witness has not. Add the capability SYS_PTRACE to both, or take the application's away.",
            ("1", false) => $"{refusal}: kernel.yama.ptrace_scope=1, and the application has not named the witness as its tracer. Add the capability SYS_PTRACE, or set kernel.yama.ptrace_scope=0.",
            _ when ProcessLook.Status(Environment.ProcessId, "Seccomp") is not ("" or "0") => $"{refusal}: a seccomp filter is on. Let its profile permit ptrace and process_vm_readv (docker's own does, from kernel 4.8 on), or add the capability SYS_PTRACE.",
            _ => $"{refusal}: the application may have been made undumpable (PR_SET_DUMPABLE), or a security module forbids it. Add the capability SYS_PTRACE, or set kernel.yama.ptrace_scope=0 and look at the system's audit log.",
        };
    }

    private static bool HasCapability(int processId) => (Capabilities(processId, "CapEff") & (1UL << CapSysPtrace)) != 0;

    private static bool Lacks(int processId) => (Capabilities(processId, "CapPrm") & ~Capabilities(Environment.ProcessId, "CapPrm")) != 0;

    private static ulong Capabilities(int processId, string set) =>
        ulong.TryParse(ProcessLook.Status(processId, set), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) ? bits : 0;

    private static string FirstId(int processId) => ProcessLook.Status(processId, "Uid").Split('\t')[0];
}
