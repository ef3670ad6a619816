namespace Hardening.Processes;

/// <summary>One run of a process that is kept running, as its loop sees it. To be disposed of only after <see cref="EndAsync"/>.</summary>
internal interface IKeptRun : IAsyncDisposable
{
    /// <summary>Null in tests that have no process.</summary>
    SupervisedProcess? Process { get; }

    int ProcessId { get; }

    /// <summary>Completes when the process has exited; descendants may be left.</summary>
    Task<ProcessExit> Exit { get; }

    /// <summary>Ends the process and its descendants, those too that it left behind when it exited by itself; bounded by the grace period, which the token cuts short.</summary>
    Task<ProcessExit> EndAsync(CancellationToken hurry);
}
