using Hardening.Interop;
using Microsoft.Extensions.Options;

namespace Hardening.Camera;

/// <summary>Where and how urgently threads of a pipeline run. What the system refuses is logged as a warning, and the thread runs as the system likes.</summary>
public sealed class FrameThreadOptions
{
    /// <summary>The processors that the threads may use, by number from 0; empty: all that the process may. Linux only. Default empty.</summary>
    public IList<int> Processors { get; set; } = [];

    /// <summary>
    /// The priority in the scheduler's class SCHED_RR, 1 to 99, before all ordinary work of the machine; null: none. Needs CAP_SYS_NICE or a limit RLIMIT_RTPRIO that allows it. A thread
    /// that does not sleep keeps a processor for itself: for capture, and for stages that are sure to be short. Linux only. Default null.
    /// </summary>
    public int? RealTimePriority { get; set; }

    /// <summary>The share of the processors beside ordinary threads, as nice(1) has it: −20 (more) to 19 (less); below 0 needs CAP_SYS_NICE. Linux only. Default null: as the process.</summary>
    public int? Nice { get; set; }

    internal void Check(string property, ValidateOptionsResultBuilder result)
    {
        if (Processors.Any(processor => processor is < 0 or >= Libc.MaxProcessors))
        {
            result.AddError($"must be 0 to {Libc.MaxProcessors - 1}, but are {string.Join(", ", Processors)}.", $"{property}.{nameof(Processors)}");
        }

        if (RealTimePriority is < 1 or > 99)
        {
            result.AddError($"must be 1 to 99, but is {RealTimePriority}.", $"{property}.{nameof(RealTimePriority)}");
        }

        if (Nice is < -20 or > 19)
        {
            result.AddError($"must be -20 to 19, but is {Nice}.", $"{property}.{nameof(Nice)}");
        }

        if (Nice is not null && RealTimePriority is not null)
        {
            result.AddError($"means nothing to a thread with {nameof(RealTimePriority)}: leave one of the two out.", $"{property}.{nameof(Nice)}");
        }
    }
}
