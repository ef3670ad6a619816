namespace Hardening.Stalls;

/// <summary>
/// Tells what all threads of this process are doing. Called by the watchdog's analysing thread, one call at a time, while the thread pool may be starved, a convoy may be on, and memory may be short.
/// </summary>
public interface IThreadStackSource
{
    /// <summary>Its name in reports.</summary>
    string Name { get; }

    /// <summary>Takes the stacks, within the limit of <paramref name="request"/>. Does not throw for what a machine does not permit: it says so in <see cref="ThreadStackCapture.Missing"/>.</summary>
    ThreadStackCapture Capture(ThreadStackRequest request, CancellationToken cancellationToken);
}

/// <summary>What stacks are wanted.</summary>
public sealed record ThreadStackRequest
{
    /// <summary>The system's numbers of the threads that matter most: when not all can be had, these come first.</summary>
    public required IReadOnlyList<int> ThreadIds { get; init; }

    /// <summary>How long it may take.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>How many threads can run: where it is many times the number of processors, a process is stopped before it is looked at.</summary>
    public int RunnableThreads { get; init; }

    /// <summary>Whether a thread is in uninterruptible sleep: then stopping it would wait for its device, and no source may.</summary>
    public bool HasUninterruptibleThread { get; init; }
}

/// <summary>What all threads were doing at one moment.</summary>
public sealed record ThreadStackCapture
{
    /// <summary>Where it is from.</summary>
    public required string Source { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The threads; empty when there is no capture.</summary>
    public IReadOnlyList<ThreadFrames> Threads { get; init; } = [];

    /// <summary>The locks of .NET that threads hold while others wait.</summary>
    public IReadOnlyList<HeldLock> Locks { get; init; } = [];

    /// <summary>What symbols say of the source files that frames name; not all have to be here.</summary>
    public IReadOnlyList<SourceDocument> Documents { get => field ?? []; init; } = []; // null when an older report is read

    /// <summary>What is missing, why, and what to do about it; null when nothing is.</summary>
    public string? Missing { get; init; }
}

/// <summary>What one thread was doing.</summary>
/// <param name="ThreadId">The system's number of the thread.</param>
/// <param name="Frames">Its managed frames, the innermost first.</param>
public sealed record ThreadFrames(int ThreadId, IReadOnlyList<ThreadStackFrame> Frames);

/// <summary>A method on a stack.</summary>
/// <param name="Method">Type and method, such as <c>Inspection.LegacyServer.Archive</c>.</param>
/// <param name="Module">The file name of its assembly, without extension.</param>
/// <param name="File">The source file, where symbols tell.</param>
/// <param name="Line">The line there, from 1.</param>
public sealed record ThreadStackFrame(string Method, string? Module = null, string? File = null, int? Line = null)
{
    /// <summary>The first line of the method's own code there, from 1: by the distance to it a statement is found again when lines above have moved.</summary>
    public int? MethodLine { get; init; }
}

/// <summary>A source file as it was compiled: whoever has the file can tell whether it is still the same.</summary>
/// <param name="File">Its name, as in <see cref="ThreadStackFrame.File"/>.</param>
/// <param name="Algorithm"><c>SHA256</c> or <c>SHA1</c>.</param>
/// <param name="Checksum">Of the file's bytes; hexadecimal, lowercase.</param>
public sealed record SourceDocument(string File, string Algorithm, string Checksum);

/// <summary>A lock of .NET that a thread holds.</summary>
/// <param name="Address">Where its object was at that moment.</param>
/// <param name="Type">The type of the locked object.</param>
/// <param name="OwnerThreadId">The system's number of the thread that holds it; 0 when unknown.</param>
/// <param name="Waiters">How many threads wait; the source's count, where it has no numbers.</param>
/// <param name="WaiterThreadIds">The waiting threads that are known.</param>
public sealed record HeldLock(ulong Address, string? Type, int OwnerThreadId, int Waiters, IReadOnlyList<int> WaiterThreadIds);
