using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>When a silent heartbeat counts as a stall.</summary>
public sealed class StallWatchdogOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "Hardening:StallWatchdog";

    /// <summary>A heartbeat that is silent for longer is a stall, unless it has a limit of its own. 100 ms to 1 h; default 5 s.</summary>
    public TimeSpan StallAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Work that waits for longer in the thread pool's queue is a stall of the thread pool. 100 ms to 1 h. Default: <see cref="StallAfter"/>.</summary>
    public TimeSpan? ThreadPoolStallAfter { get; set; }

    /// <summary>
    /// Whether threads, runtime and host are measured at each check, so that a stall's cause can be named: half a percent of a core with 200 threads. Linux only; elsewhere, and when false, stalls are detected and
    /// their cause is unknown. Default true.
    /// </summary>
    public bool Sampling { get; set; } = true;

    /// <summary>How long a source of stacks may take for a stall. 100 ms to 1 min; default 5 s.</summary>
    public TimeSpan StackLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where reports are written, and how many.</summary>
    public StallReportOptions Reports { get; set; } = new();

    /// <summary>What is done about stalls, by cause.</summary>
    public StallPolicy Policy { get; set; } = new();

    /// <summary>How often the heartbeats are looked at. 10 ms to half of <see cref="StallAfter"/>; default 200 ms.</summary>
    public TimeSpan CheckEvery { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A check that comes later than this means that the whole process, or its host, did not get to run. 10 ms to 1 h; default 500 ms.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>By hand rather than by attribute: it says why, it relates two properties, and it needs no reflection (AOT).</summary>
internal sealed class StallWatchdogOptionsValidator : IValidateOptions<StallWatchdogOptions>
{
    public ValidateOptionsResult Validate(string? name, StallWatchdogOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.StallAfter < TimeSpan.FromMilliseconds(100) || options.StallAfter > TimeSpan.FromHours(1))
        {
            result.AddError($"must be 100 ms to 1 h, but is {options.StallAfter}.", nameof(options.StallAfter));
        }

        if (options.ThreadPoolStallAfter is { } pool && (pool < TimeSpan.FromMilliseconds(100) || pool > TimeSpan.FromHours(1)))
        {
            result.AddError($"must be 100 ms to 1 h, or not set, but is {pool}.", nameof(options.ThreadPoolStallAfter));
        }

        if (options.StackLimit < TimeSpan.FromMilliseconds(100) || options.StackLimit > TimeSpan.FromMinutes(1))
        {
            result.AddError($"must be 100 ms to 1 min, but is {options.StackLimit}.", nameof(options.StackLimit));
        }

        if (options.CheckEvery < TimeSpan.FromMilliseconds(10) || options.CheckEvery > options.StallAfter / 2)
        {
            result.AddError(
                $"must be 10 ms to half of StallAfter ({options.StallAfter}), but is {options.CheckEvery}: a slower check finds a stall late.",
                nameof(options.CheckEvery));
        }

        if (options.LateAfter < TimeSpan.FromMilliseconds(10) || options.LateAfter > TimeSpan.FromHours(1))
        {
            result.AddError($"must be 10 ms to 1 h, but is {options.LateAfter}.", nameof(options.LateAfter));
        }

        options.Reports.Check(nameof(options.Reports), result);
        options.Policy.Check(nameof(options.Policy), result);
        return result.Build();
    }
}
