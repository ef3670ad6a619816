using Hardening.Pool.Jobs;

namespace Hardening.Pool.Mapping;

/// <summary>What a map needs of a pool.</summary>
internal interface IBulkPool
{
    TimeProvider Time { get; }

    int Workers { get; }

    /// <summary>How many jobs a map may always have under way: enough for every worker, and for the queue.</summary>
    int LookAhead { get; }

    JobLimits LimitsOf(in JobOptions options);

    /// <summary>Why this request cannot be sent to any worker; null when it can.</summary>
    Exception? Refuse(ReadOnlySpan<byte> request, string? key);

    /// <summary>Takes all of them, or throws and takes none; those that are refused are complete when this returns.</summary>
    void Submit(ReadOnlySpan<SinkJob> jobs);

    /// <summary>Ends a job that was submitted, wherever it is; does nothing where it has ended.</summary>
    void Cancel(SinkJob job);
}
