namespace Hardening.Stalls;

/// <summary>What is done about a stall.</summary>
[Flags]
public enum StallActions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is logged, with its headline.</summary>
    Log = 1,

    /// <summary>It is counted by its cause. Counting has no limit of rate.</summary>
    Metric = 2,

    /// <summary>The health check tells of it, as does the status of the service.</summary>
    Health = 4,

    /// <summary>A report is written to a file.</summary>
    Report = 8,

    /// <summary>The functions of <see cref="StallPolicy.OnStall"/> are called.</summary>
    Callback = 16,

    /// <summary>All that is harmless: what is done about a cause for which nothing else is said.</summary>
    Default = Log | Metric | Health | Report | Callback,

    /// <summary>
    /// The service manager is told that its watchdog has fired (<c>WATCHDOG=trigger</c>), and restarts the service by its own rules. Only by cause, and never for causes that a restart does not mend.
    /// </summary>
    TriggerWatchdog = 32,

    /// <summary>Before <see cref="FailFast"/>, and only with it, a dump is written: that stops the process for a second or much longer.</summary>
    Dump = 64,

    /// <summary>The process ends itself, once the report is on the disk. Only by cause, and never for causes that a restart does not mend.</summary>
    FailFast = 128,
}
