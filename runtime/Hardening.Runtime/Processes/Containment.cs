namespace Hardening.Processes;

/// <summary>What holds the descendants of supervised processes together, beside the supervisor itself (docs/runtime/processes.md).</summary>
public enum Containment
{
    /// <summary><see cref="Cgroup"/> where one can be made, else <see cref="Subreaper"/>: what children see of the system stays as it is.</summary>
    Automatic,

    /// <summary>The supervisor adopts every descendant, and each carries the supervisor's brand, by which it is found again.</summary>
    Subreaper,

    /// <summary>As <see cref="Subreaper"/>, and all descendants are in one control group (cgroup v2), which the kernel can end at once.</summary>
    Cgroup,

    /// <summary>
    /// The supervisor is the first process of a PID namespace of its own, and with it the kernel ends all others. Children see the processes of the namespace
    /// alone, under other ids, and mount points that they make are their own; without root it takes a user namespace, in which sudo does not work.
    /// </summary>
    PidNamespace,
}
