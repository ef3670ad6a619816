namespace Hardening.FaultLab.Application;

/// <summary>What the application does all the time, by the names that truth and reports use.</summary>
internal static class Activities
{
    public const string Camera = "camera";
    public const string FirstWorker = "worker-1";
    public const string SecondWorker = "worker-2";

    /// <summary>Work on the thread pool; the watchdog's own name for it.</summary>
    public const string Pool = "thread-pool";

    /// <summary>The process as a whole: a thread that does nothing but look at the clock; the watchdog's own name for it.</summary>
    public const string Process = "process";

    /// <summary>Stands still at the end of each run, on purpose.</summary>
    public const string Probe = "lab-probe";

    /// <summary>Those that must be told of when they stall; stalls of the process are theirs too.</summary>
    public static IReadOnlyList<string> Watched { get; } = [Camera, FirstWorker, SecondWorker, Pool];
}
