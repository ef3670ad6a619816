using Hardening.Stalls;

namespace Hardening.Cli.Watching;

/// <summary>What came of a watch, as <c>--json</c> prints it: times in seconds.</summary>
internal sealed record WatchResult
{
    public required string Format { get; init; }

    public required WatchedProcess Process { get; init; }

    /// <summary>Seconds.</summary>
    public required double Duration { get; init; }

    public required int Samples { get; init; }

    /// <summary>Why it was over.</summary>
    public required WatchEnd End { get; init; }

    /// <summary>Of a command that was started: the code it ended with; null while it runs, and for other processes.</summary>
    public int? ExitCode { get; init; }

    public required WatchTotals Totals { get; init; }

    /// <summary>What stood still, the first first.</summary>
    public required IReadOnlyList<WatchedStall> Stalls { get; init; }

    /// <summary>What ailed it, the worst first.</summary>
    public required IReadOnlyList<WatchedState> States { get; init; }

    /// <summary>Threads that used to run and wait now, without a proof that they should not.</summary>
    public required IReadOnlyList<SilentThread> Silent { get; init; }

    /// <summary>Those that used or lacked processors most.</summary>
    public required IReadOnlyList<WatchedThread> Threads { get; init; }

    /// <summary>What is not known, and what to do to know it.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Where reports were written.</summary>
    public required IReadOnlyList<string> Reports { get; init; }

    /// <summary>Of one processor, that this program took itself.</summary>
    public required double OwnCost { get; init; }

    public bool HasFindings => Stalls.Count > 0 || States.Count > 0;
}

/// <summary>Why a watch was over.</summary>
internal enum WatchEnd
{
    TimeIsUp,
    Cancelled,
    ProcessEnded,
}

internal sealed record WatchedProcess(int Id, string Name, string CommandLine, int? User, int Processors, bool IsDotnet, string? InterpreterLock, IReadOnlyList<string> ThreadLibraries);

/// <param name="User">Seconds of processor time in user mode.</param>
/// <param name="System">Seconds in the kernel.</param>
/// <param name="WaitingForProcessor">Seconds that threads were ready and had none, all together.</param>
/// <param name="Children">Seconds of processor time of its children.</param>
/// <param name="Switches">Context switches.</param>
internal sealed record WatchTotals(double User, double System, double WaitingForProcessor, double Children, long MinorFaults, long MajorFaults, long Switches, int MostThreads, int MostChildren);

internal sealed record WatchedStall(double Start, double Duration, bool HasEnded, StallCause Cause, double Confidence, string Headline, int Threads, IReadOnlyList<string> Evidence, IReadOnlyList<StallAdvice> Advice, string Report);

internal sealed record WatchedState(PathologyKind Kind, StallCause Cause, double Confidence, double Duration, string Headline, IReadOnlyList<string> Evidence, IReadOnlyList<StallAdvice> Advice, string Report);

internal sealed record SilentThread(int ThreadId, string Name, double Seconds);

internal sealed record WatchedThread(int ThreadId, string Name, double User, double System, double Running, double WaitingForProcessor, long Switches, string State, string Waits);
