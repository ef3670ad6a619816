using Hardening.Stalls;

namespace Hardening.Cli.Watching;

/// <summary>What ails a process all the time, whether anything stands still or not.</summary>
internal enum PathologyKind
{
    /// <summary>Many threads take turns at one lock, so that they do the work of one.</summary>
    LockThrash,

    /// <summary>It has many more threads that want to run than there are processors.</summary>
    Oversubscription,

    /// <summary>A library's own threads wait for each other many thousand times a second.</summary>
    LibraryThreads,

    /// <summary>Its threads yield instead of waiting.</summary>
    SpinStorm,

    /// <summary>It is in the kernel for its memory.</summary>
    MemoryStorm,

    /// <summary>It is in the kernel, waking and waiting.</summary>
    KernelStorm,

    /// <summary>Its children take the processors.</summary>
    ChildStorm,

    /// <summary>Others take the processors that it wants.</summary>
    ForeignLoad,

    /// <summary>Its control group holds it back.</summary>
    Throttling,

    /// <summary>Garbage collections stop its threads for much of the time.</summary>
    GarbageCollection,

    /// <summary>Work waits for a thread of its thread pool.</summary>
    ThreadPoolStarvation,
}

/// <summary>A finding of <see cref="PathologyClassifier"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Cause">What reports call it.</param>
/// <param name="Confidence">How sure that is: 0 to 1. Below one half nothing is said.</param>
/// <param name="Weight">How bad it is, to put the worst first: processors that are lost to it, about.</param>
/// <param name="Headline">What it is, in one line.</param>
/// <param name="Evidence">What was measured, a sentence each.</param>
internal sealed record Pathology(PathologyKind Kind, StallCause Cause, double Confidence, double Weight, string Headline, IReadOnlyList<string> Evidence)
{
    /// <summary>What to do about it, beside what reports say of the cause.</summary>
    public string? Advice { get; init; }
}
