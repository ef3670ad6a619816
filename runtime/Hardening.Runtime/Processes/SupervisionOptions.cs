using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hardening.Processes;

/// <summary>How one <see cref="SupervisedProcess"/> is run. Read when it starts; changes after that have no effect on it.</summary>
public sealed class SupervisionOptions
{
    /// <summary>The name in metrics and logs: low in cardinality. Default: the file name of the executable.</summary>
    public string? Name { get; set; }

    /// <summary>The time between SIGTERM and SIGKILL when the tree is ended, by whatever cause. 0 to 10 min; default 5 s.</summary>
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A limit on how many processes run at once, shared by all that are given the same gate. Default: none.</summary>
    public ProcessGate? Gate { get; set; }

    /// <summary>Resource limits of the process, which each of its descendants inherits for itself. Default: those of the application.</summary>
    public ProcessLimits? Limits { get; set; }

    /// <summary>How much output is kept, for each redirected stream, while nobody reads it. 4 KiB to 1 GiB; default 1 MiB. Memory is taken as output comes.</summary>
    public int CaptureBytes { get; set; } = 1 << 20;

    /// <summary>
    /// How long a full buffer holds the process back for its reader's next read; for the first, 1 s at most. One that takes longer counts as gone, and from then on
    /// the oldest output is dropped and counted, until it reads again. 0 to 1 h; default 30 s.
    /// </summary>
    public TimeSpan ReaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether what the process started may run on after it has exited, until this object is stopped or disposed, or the application is gone. Default false: it is ended too.</summary>
    public bool KeepDescendants { get; set; }

    /// <summary>Where its start, its end and what was lost of its output are logged. Default: nowhere.</summary>
    public ILogger? Logger { get; set; }

    internal ProcessMetrics Metrics { get; set; } = ProcessMetrics.Shared;

    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>A copy that nobody changes.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    internal static SupervisionOptions Checked(SupervisionOptions? options)
    {
        options ??= new SupervisionOptions();
        return new SupervisionOptionsValidator().Validate(null, options) is { Failed: true } failed
            ? throw new OptionsValidationException(nameof(SupervisionOptions), typeof(SupervisionOptions), failed.Failures!)
            : (SupervisionOptions)options.MemberwiseClone();
    }
}

/// <summary>By hand rather than by attribute: it says why, and needs no reflection (AOT).</summary>
internal sealed class SupervisionOptionsValidator : IValidateOptions<SupervisionOptions>
{
    private static readonly TimeSpan MostCpuTime = TimeSpan.FromDays(3650);

    public ValidateOptionsResult Validate(string? name, SupervisionOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(options.StopGracePeriod), options.StopGracePeriod, TimeSpan.FromMinutes(10));
        Check(nameof(options.ReaderTimeout), options.ReaderTimeout, TimeSpan.FromHours(1));
        if (options.Name is { } given && string.IsNullOrWhiteSpace(given))
        {
            result.AddError("must be a name, or null for that of the executable, but is empty.", nameof(options.Name));
        }

        if (options.CaptureBytes is < 4096 or > 1 << 30)
        {
            result.AddError($"must be 4 KiB to 1 GiB, but is {options.CaptureBytes:N0} bytes.", nameof(options.CaptureBytes));
        }

        if (options.Limits is { } limits)
        {
            CheckLimits(limits, result);
        }

        return result.Build();

        void Check(string property, TimeSpan value, TimeSpan most)
        {
            if (value < TimeSpan.Zero || value > most)
            {
                result.AddError($"must be 0 to {most}, but is {value}.", property);
            }
        }
    }

    private static void CheckLimits(ProcessLimits limits, ValidateOptionsResultBuilder result)
    {
        if (limits.MemoryBytes is < 1 << 20)
        {
            result.AddError($"must be 1 MiB or more, but is {limits.MemoryBytes:N0} bytes: no program could be loaded.", nameof(limits.MemoryBytes));
        }

        if (limits.OpenFiles is < 4)
        {
            result.AddError($"must be 4 or more, but is {limits.OpenFiles}: the standard streams take three.", nameof(limits.OpenFiles));
        }

        if (limits.CpuTime is { } time && (time <= TimeSpan.Zero || time > MostCpuTime))
        {
            result.AddError($"must be more than 0 and at most ten years, but is {time}.", nameof(limits.CpuTime));
        }
    }
}
