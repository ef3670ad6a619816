using Hardening.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Pool;

/// <summary>The limits of a pool of worker processes. Read when the pool is made; changes after that have no effect on it.</summary>
public sealed class ProcessPoolOptions
{
    /// <summary>The configuration section; the options of the pool <c>name</c> are bound to <c>Hardening:ProcessPool:name</c>.</summary>
    public const string SectionName = "Hardening:ProcessPool";

    /// <summary>How many workers take jobs at the same time. 1 to 1,024; default: the processors of the machine.</summary>
    public int Workers { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 1024);

    /// <summary>Workers that are started and wait to take the place of one that ends. 0 to 16; default 1.</summary>
    public int SpareWorkers { get; set; } = 1;

    /// <summary>How many jobs may wait for a worker. 1 to 1,000,000; default 64.</summary>
    public int QueueCapacity { get; set; } = 64;

    /// <summary>What happens to a job that finds the queue full. Default <see cref="PoolFullMode.Wait"/>.</summary>
    public PoolFullMode WhenFull { get; set; } = PoolFullMode.Wait;

    /// <summary>How long a job may run on a worker, each attempt anew: then the worker is ended and the job fails with <see cref="JobTimedOutException"/>. 1 ms to 24 h; default 1 min.</summary>
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long a running job is asked to give up by itself. 1 ms to less than <see cref="JobTimeout"/>; null, the default: never.</summary>
    public TimeSpan? SoftTimeout { get; set; }

    /// <summary>How long a job may run on after it was cancelled, before its worker is ended. 0 to 10 min; default 1 s.</summary>
    public TimeSpan CancelGracePeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many workers a job may be given to when they end under it. Only for jobs that may be begun twice. 1 to 10; default 1.</summary>
    public int MaxAttempts { get; set; } = 1;

    /// <summary>After how many workers that ended under it a job is refused with <see cref="PoisonJobException"/>, also when it is submitted anew. 1 to 100; default 3.</summary>
    public int PoisonAfter { get; set; } = 3;

    /// <summary>After how many jobs a worker is replaced. 1 or more; null, the default: never.</summary>
    public int? MaxJobsPerWorker { get; set; }

    /// <summary>By which part <see cref="MaxJobsPerWorker"/> differs from worker to worker, so that they are not all replaced at once. 0 to 0.5; default 0.1.</summary>
    public double RecycleJitter { get; set; } = 0.1;

    /// <summary>The resident memory beyond which a worker is ended, in bytes. 1 MiB or more, and more than a worker has at its start; null, the default: unlimited.</summary>
    public long? MaxWorkerBytes { get; set; }

    /// <summary>How long a worker may take from its start until it is ready for jobs. 100 ms to 10 min; default 30 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker that is asked to end may take to do so, before it is ended. 0 to 10 min; default 2 s.</summary>
    public TimeSpan StopGracePeriod { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The pause after a failed start of a worker; it doubles with each further failure in a row. 1 ms to 1 h; default 100 ms.</summary>
    public TimeSpan FirstRestartDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest pause between two starts. <see cref="FirstRestartDelay"/> to 1 h; default 30 s.</summary>
    public TimeSpan MaxRestartDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// After how many failed starts in a row the pool counts as unavailable: its jobs fail with the reason, its health is bad, and it goes on trying every <see cref="MaxRestartDelay"/>.
    /// 1 to 1,000; default 5.
    /// </summary>
    public int MaxStartFailures { get; set; } = 5;

    /// <summary>The shared memory for messages to a .NET worker, and again that from it, in bytes. A power of two, 16 KiB to 16 MiB; default 256 KiB. Longer messages go in parts.</summary>
    public int ChannelBytes { get; set; } = 256 << 10;

    /// <summary>The longest request or result, in bytes, frames not counted. 4 KiB to 1 GiB; default 64 MiB.</summary>
    public int MaxMessageBytes { get; set; } = 64 << 20;

    /// <summary>Buffers for frames that workers return. At least <see cref="Workers"/>, and as many more as callers keep; to 65,536. 0, the default: workers return none.</summary>
    public int ResultSlots { get; set; }

    /// <summary>The bytes of the largest frame that a worker returns, 0 to 1 GiB: more than 0 where there are <see cref="ResultSlots"/>, and only there. Default 0.</summary>
    public int ResultSlotBytes { get; set; }

    /// <summary>Resource limits of the workers; null, the default, for those of the application.</summary>
    public ProcessLimits? Limits { get; set; }

    /// <summary>A copy that nobody changes.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names all that are.</exception>
    internal static ProcessPoolOptions Checked(string name, ProcessPoolOptions? options)
    {
        options ??= new ProcessPoolOptions();
        if (new ProcessPoolOptionsValidator().Validate(name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(name, typeof(ProcessPoolOptions), failed.Failures!);
        }

        var copy = (ProcessPoolOptions)options.MemberwiseClone();
        copy.Limits = options.Limits is { } limits ? limits with { } : null;
        return copy;
    }
}

/// <summary>By hand rather than by attribute: it says why, it relates properties, and it needs no reflection (AOT).</summary>
internal sealed class ProcessPoolOptionsValidator : IValidateOptions<ProcessPoolOptions>
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    public ValidateOptionsResult Validate(string? name, ProcessPoolOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        CheckCounts(options, result);
        CheckTimes(options, result);
        CheckSizes(options, result);
        if (!Enum.IsDefined(options.WhenFull))
        {
            result.AddError($"must be one of {string.Join(", ", Enum.GetNames<PoolFullMode>())}, but is {options.WhenFull}.", nameof(options.WhenFull));
        }

        // The grace period and the limits, as where they are used.
        result.AddResult(new SupervisionOptionsValidator().Validate(name, new SupervisionOptions { StopGracePeriod = options.StopGracePeriod, Limits = options.Limits }));
        return result.Build();
    }

    private static void CheckCounts(ProcessPoolOptions options, ValidateOptionsResultBuilder result)
    {
        Check(nameof(options.Workers), options.Workers, 1, 1024);
        Check(nameof(options.SpareWorkers), options.SpareWorkers, 0, 16);
        Check(nameof(options.QueueCapacity), options.QueueCapacity, 1, 1_000_000);
        Check(nameof(options.MaxAttempts), options.MaxAttempts, 1, 10);
        Check(nameof(options.PoisonAfter), options.PoisonAfter, 1, 100);
        Check(nameof(options.MaxStartFailures), options.MaxStartFailures, 1, 1000);
        if (options.MaxJobsPerWorker is < 1)
        {
            result.AddError($"must be 1 or more, or null for no limit, but is {options.MaxJobsPerWorker}.", nameof(options.MaxJobsPerWorker));
        }

        if (options.RecycleJitter is not (>= 0 and <= 0.5)) // not a number is out of range too
        {
            result.AddError($"must be 0 to 0.5, but is {options.RecycleJitter}.", nameof(options.RecycleJitter));
        }

        void Check(string property, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least:N0} to {most:N0}, but is {value:N0}.", property);
            }
        }
    }

    private static void CheckTimes(ProcessPoolOptions options, ValidateOptionsResultBuilder result)
    {
        Check(nameof(options.JobTimeout), options.JobTimeout, OneMillisecond, TimeSpan.FromHours(24));
        Check(nameof(options.CancelGracePeriod), options.CancelGracePeriod, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Check(nameof(options.StartTimeout), options.StartTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Check(nameof(options.FirstRestartDelay), options.FirstRestartDelay, OneMillisecond, TimeSpan.FromHours(1));
        if (options.MaxRestartDelay < options.FirstRestartDelay || options.MaxRestartDelay > TimeSpan.FromHours(1))
        {
            result.AddError($"must be FirstRestartDelay ({options.FirstRestartDelay}) to 1 h, but is {options.MaxRestartDelay}.", nameof(options.MaxRestartDelay));
        }

        if (options.SoftTimeout is { } soft && (soft < OneMillisecond || soft >= options.JobTimeout))
        {
            result.AddError($"must be 1 ms to less than JobTimeout ({options.JobTimeout}), but is {soft}: the worker would be ended before it is asked.", nameof(options.SoftTimeout));
        }

        void Check(string property, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least} to {most}, but is {value}.", property);
            }
        }
    }

    private static void CheckSizes(ProcessPoolOptions options, ValidateOptionsResultBuilder result)
    {
        if (options.ChannelBytes is < 16 << 10 or > 16 << 20 || !int.IsPow2(options.ChannelBytes))
        {
            result.AddError($"must be a power of two, 16 KiB to 16 MiB, but is {options.ChannelBytes:N0} bytes.", nameof(options.ChannelBytes));
        }

        if (options.MaxMessageBytes is < 4096 or > 1 << 30)
        {
            result.AddError($"must be 4 KiB to 1 GiB, but is {options.MaxMessageBytes:N0} bytes.", nameof(options.MaxMessageBytes));
        }

        if (options.MaxWorkerBytes is < 1 << 20)
        {
            result.AddError($"must be 1 MiB or more, or null for no limit, but is {options.MaxWorkerBytes:N0} bytes: no program could run.", nameof(options.MaxWorkerBytes));
        }

        CheckResultSlots(options, result);
    }

    private static void CheckResultSlots(ProcessPoolOptions options, ValidateOptionsResultBuilder result)
    {
        if (options.ResultSlots is < 0 or > 65_536)
        {
            result.AddError($"must be 0 to 65,536, but is {options.ResultSlots:N0}.", nameof(options.ResultSlots));
        }
        else if (options.ResultSlots > 0 && options.ResultSlots < options.Workers)
        {
            result.AddError($"must be at least Workers ({options.Workers}), or 0, but is {options.ResultSlots}: each running job has one.", nameof(options.ResultSlots));
        }

        if (options.ResultSlotBytes is < 0 or > 1 << 30)
        {
            result.AddError($"must be 0 to 1 GiB, but is {options.ResultSlotBytes:N0} bytes.", nameof(options.ResultSlotBytes));
        }
        else if ((options.ResultSlots > 0) != (options.ResultSlotBytes > 0))
        {
            result.AddError($"and ResultSlots must both be set, or both be 0, but are {options.ResultSlotBytes:N0} and {options.ResultSlots:N0}.", nameof(options.ResultSlotBytes));
        }
    }
}
