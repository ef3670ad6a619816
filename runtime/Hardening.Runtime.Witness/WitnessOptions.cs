using Hardening.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Stalls;

/// <summary>How the witness works. Read when it starts: later changes have no effect.</summary>
public sealed class WitnessOptions
{
    /// <summary>The configuration section these options are bound to.</summary>
    public const string SectionName = "Hardening:StallWitness";

    /// <summary>The application is held still for no longer while its stacks are taken; a walk that takes longer is given up. 50 ms to 1 min; default 2 s.</summary>
    public TimeSpan WalkLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Two captures are at least this far apart: a request that comes earlier is not met. 0 to 1 h; default 1 s.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the runtime's own sample profiler is asked where the system does not permit to look at the threads. Default true.</summary>
    public bool UseSampleProfiler { get; set; } = true;

    /// <summary>No more threads are looked at; those that are asked for come first. 1 to 100,000; default 2,000.</summary>
    public int MaxThreads { get; set; } = 2_000;

    /// <summary>No more frames of a thread are told, the innermost first. 1 to 10,000; default 200.</summary>
    public int MaxFrames { get; set; } = 200;

    /// <summary>
    /// The witness takes stacks by itself when no thread of the application has run for this long, as when it is stopped from outside or a garbage collection does not come to an end. 500 ms to 1 h; default 5 s; null leaves that out.
    /// </summary>
    public TimeSpan? FrozenAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the witness writes what it saw while the application was frozen, as <c>*-frozen.hardening-will.json</c>; null writes nothing. Default null.</summary>
    public string? WillDirectory { get; set; }

    /// <summary>When the witness is restarted, and when it is given up.</summary>
    public RestartPolicy Restart { get; set; } = new();

    /// <summary>A copy that nobody changes.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    internal static WitnessOptions Checked(WitnessOptions? options)
    {
        options ??= new WitnessOptions();
        return new WitnessOptionsValidator().Validate(null, options) is { Failed: true } failed
            ? throw new OptionsValidationException(nameof(WitnessOptions), typeof(WitnessOptions), failed.Failures!)
            : (WitnessOptions)options.MemberwiseClone();
    }
}

/// <summary>By hand rather than by attribute: it says why, and needs no reflection (AOT).</summary>
internal sealed class WitnessOptionsValidator : IValidateOptions<WitnessOptions>
{
    public ValidateOptionsResult Validate(string? name, WitnessOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        Check(nameof(options.WalkLimit), options.WalkLimit, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        Check(nameof(options.CoolDown), options.CoolDown, TimeSpan.Zero, TimeSpan.FromHours(1));
        Check(nameof(options.MaxThreads), options.MaxThreads, 1, 100_000);
        Check(nameof(options.MaxFrames), options.MaxFrames, 1, 10_000);
        if (options.FrozenAfter is { } frozen)
        {
            Check(nameof(options.FrozenAfter), frozen, TimeSpan.FromMilliseconds(500), TimeSpan.FromHours(1));
        }

        if (options.WillDirectory is { } directory && !Path.IsPathRooted(directory))
        {
            result.AddError($"must be an absolute path, or null, but is '{directory}'.", nameof(options.WillDirectory));
        }

        if (options.Restart is null)
        {
            result.AddError("must not be null: a witness that fell is restarted by it.", nameof(options.Restart));
        }

        return result.Build();

        void Check<T>(string property, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError(FormattableString.Invariant($"must be {least} to {most}, but is {value}."), property);
            }
        }
    }
}
