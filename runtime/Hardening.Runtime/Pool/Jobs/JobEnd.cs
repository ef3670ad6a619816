namespace Hardening.Pool.Jobs;

/// <summary>How a job ended: exactly one of these.</summary>
internal enum JobEnd
{
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
    Rejected,
}
