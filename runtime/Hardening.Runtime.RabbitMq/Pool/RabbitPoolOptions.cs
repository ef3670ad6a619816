using Microsoft.Extensions.Options;

namespace Hardening.Pool;

/// <summary>
/// A pool over a broker: its queues, which callers and hosts must describe alike, and what callers and hosts do with them. Read when a caller or host is made; changes after that have no effect on it.
/// </summary>
public sealed class RabbitPoolOptions
{
    /// <summary>The configuration section; the options of the pool <c>name</c>, of its callers and of its hosts, are bound to <c>Hardening:RabbitPool:name</c>.</summary>
    public const string SectionName = "Hardening:RabbitPool";

    /// <summary>What the names of all queues begin with: the pool's is <c>hardening.pool.name</c>. 1 to 64 characters; default <c>hardening</c>. The same for callers and hosts.</summary>
    public string QueuePrefix { get; set; } = "hardening";

    /// <summary>How many jobs the broker keeps that no host has yet; it refuses more, some in flight aside. 1 to 10,000,000; default 10,000. The same for callers and hosts.</summary>
    public int QueueCapacity { get; set; } = 10_000;

    /// <summary>
    /// How many bytes these jobs may have together, frames included: the broker refuses more once there are, some in flight aside, until a fifth is free again. It bounds what a pool takes of the broker's disk.
    /// 1 MiB to 1 TiB; default 1 GiB. The same for callers and hosts.
    /// </summary>
    public long QueueCapacityBytes { get; set; } = 1L << 30;

    /// <summary>
    /// How often a job is given to a host, at most: a worker or a host that ends under it, and a connection that is lost, each costs one. Then it goes to the queue of dead letters. 1 to 100; default 3.
    /// The same for callers and hosts.
    /// </summary>
    public int MaxDeliveries { get; set; } = 3;

    /// <summary>How many dead letters the broker keeps; more are counted and not kept. 1 to 10,000,000; default 10,000. The same for callers and hosts.</summary>
    public int DeadLetterCapacity { get; set; } = 10_000;

    /// <summary>The longest request or result, in bytes, frames not counted. 1 KiB to 64 MiB; default 16 MiB. Brokers refuse messages of more than 128 MiB by default.</summary>
    public int MaxMessageBytes { get; set; } = 16 << 20;

    /// <summary>The largest frame that goes with a job, in bytes; 0 for none. 0 to 64 MiB; default 8 MiB.</summary>
    public int MaxFrameBytes { get; set; } = 8 << 20;

    /// <summary>Caller: how long a job is worth while, from its submission to its answer, where its <see cref="JobOptions.Timeout"/> does not say. 1 ms to 24 h; default 5 min.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Caller: what happens to a job that the broker's queue has no room for: <see cref="PoolFullMode.Wait"/>, the default, tries on until its deadline; <see cref="PoolFullMode.Reject"/> fails it at once.</summary>
    public PoolFullMode WhenFull { get; set; } = PoolFullMode.Wait;

    /// <summary>
    /// Caller: how many jobs wait in this process for the broker's word that it has them: while the connection is lost, all that are submitted. Then further jobs are refused until it is back. 1 to 1,000,000;
    /// default 1,024.
    /// </summary>
    public int BufferCapacity { get; set; } = 1024;

    /// <summary>Caller: how many jobs are sent ahead of the broker's word for the first of them. 1 to 1,024; default 64.</summary>
    public int MaxUnconfirmed { get; set; } = 64;

    /// <summary>Caller: the way of the answers. Default <see cref="RabbitResults.Queue"/>.</summary>
    public RabbitResults Results { get; set; } = RabbitResults.Queue;

    /// <summary>
    /// Caller: names its queue of answers, so that the next process of this name finds what came after the last one's end (<see cref="RabbitPool.UnclaimedResult"/>). One process at a time. 1 to 100
    /// characters; null, the default, for a name of its own for each process, whose queue goes when it stops.
    /// </summary>
    public string? CallerName { get; set; }

    /// <summary>Caller: how many answers the broker keeps for it; hosts then hold back further ones for some seconds, and put the job to the dead letters. 100 to 10,000,000; default 100,000.</summary>
    public int ResultCapacity { get; set; } = 100_000;

    /// <summary>Caller: for how long the broker keeps a queue of answers that nobody reads. 1 s to 30 days; default 30 min.</summary>
    public TimeSpan ResultExpiry { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Caller: of how many ended jobs it is remembered that they are, so that a second answer is known as one; host: of how many, that it has answered them. 100 to 10,000,000; default 65,536.</summary>
    public int RememberedJobs { get; set; } = 65_536;

    /// <summary>Host: how many jobs it is given at a time, running ones included. 1 to 1,024; null, the default, for as many as its pool has workers when it begins to serve.</summary>
    public int? Prefetch { get; set; }

    /// <summary>Host: buffers of <see cref="MaxFrameBytes"/> for frames that come with jobs, taken from memory at the start; 0, the default, where none come: jobs with frames are dead letters here. 0 to 4,096.</summary>
    public int FrameSlots { get; set; }

    /// <summary>Host: by how much the clocks of callers and hosts may differ: a job counts as late only after its deadline and this. 0 to 1 h; default 2 s.</summary>
    public TimeSpan ClockTolerance { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A copy that nobody changes.</summary>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names all that are.</exception>
    internal static RabbitPoolOptions Checked(string name, RabbitPoolOptions? options)
    {
        options ??= new RabbitPoolOptions();
        if (new RabbitPoolOptionsValidator().Validate(name, options) is { Failed: true } failed)
        {
            throw new OptionsValidationException(name, typeof(RabbitPoolOptions), failed.Failures!);
        }

        return (RabbitPoolOptions)options.MemberwiseClone();
    }
}

/// <summary>By hand rather than by attribute: it says why, it relates properties, and it needs no reflection (AOT).</summary>
internal sealed class RabbitPoolOptionsValidator : IValidateOptions<RabbitPoolOptions>
{
    private const int MaxCount = 10_000_000;

    public ValidateOptionsResult Validate(string? name, RabbitPoolOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        CheckNames(options, result);
        CheckCounts(options, result);
        Check(nameof(options.Deadline), options.Deadline, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(24), result);
        Check(nameof(options.ResultExpiry), options.ResultExpiry, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30), result);
        Check(nameof(options.ClockTolerance), options.ClockTolerance, TimeSpan.Zero, TimeSpan.FromHours(1), result);
        if (options.WhenFull is not (PoolFullMode.Wait or PoolFullMode.Reject))
        {
            result.AddError($"must be Wait or Reject, but is {options.WhenFull}: a broker's queue that must lose nothing cannot drop its oldest job.", nameof(options.WhenFull));
        }

        if (!Enum.IsDefined(options.Results))
        {
            result.AddError($"must be one of {string.Join(", ", Enum.GetNames<RabbitResults>())}, but is {options.Results}.", nameof(options.Results));
        }

        return result.Build();
    }

    private static void CheckNames(RabbitPoolOptions options, ValidateOptionsResultBuilder result)
    {
        if (options.QueuePrefix is not { Length: >= 1 and <= 64 } || !IsName(options.QueuePrefix))
        {
            result.AddError("must have 1 to 64 letters, digits, '.', '-' and '_'.", nameof(options.QueuePrefix));
        }
        else if (options.QueuePrefix.StartsWith("amq.", StringComparison.Ordinal))
        {
            result.AddError("must not begin with 'amq.': brokers keep that for themselves.", nameof(options.QueuePrefix));
        }

        if (options.CallerName is { } caller && (caller.Length is 0 or > 100 || !IsName(caller)))
        {
            result.AddError("must have 1 to 100 letters, digits, '.', '-' and '_', or be left out.", nameof(options.CallerName));
        }
        else if (options.CallerName is not null && options.Results == RabbitResults.Direct)
        {
            result.AddError("names a queue of answers, and Results is Direct, which has none.", nameof(options.CallerName));
        }
    }

    private static void CheckCounts(RabbitPoolOptions options, ValidateOptionsResultBuilder result)
    {
        Check(nameof(options.QueueCapacity), options.QueueCapacity, 1, MaxCount);
        Check(nameof(options.QueueCapacityBytes), options.QueueCapacityBytes, 1L << 20, 1L << 40);
        Check(nameof(options.MaxDeliveries), options.MaxDeliveries, 1, 100);
        Check(nameof(options.DeadLetterCapacity), options.DeadLetterCapacity, 1, MaxCount);
        Check(nameof(options.MaxMessageBytes), options.MaxMessageBytes, 1024, 64 << 20);
        Check(nameof(options.MaxFrameBytes), options.MaxFrameBytes, 0, 64 << 20);
        Check(nameof(options.BufferCapacity), options.BufferCapacity, 1, 1_000_000);
        Check(nameof(options.MaxUnconfirmed), options.MaxUnconfirmed, 1, 1024);
        Check(nameof(options.ResultCapacity), options.ResultCapacity, 100, MaxCount);
        Check(nameof(options.RememberedJobs), options.RememberedJobs, 100, MaxCount);
        Check(nameof(options.Prefetch), options.Prefetch ?? 1, 1, 1024);
        Check(nameof(options.FrameSlots), options.FrameSlots, 0, 4096);
        if (options.FrameSlots > 0 && options.MaxFrameBytes == 0)
        {
            result.AddError($"is {options.FrameSlots:N0}, and MaxFrameBytes is 0: set both, or none.", nameof(options.FrameSlots));
        }

        void Check(string property, long value, long least, long most)
        {
            if (value < least || value > most)
            {
                result.AddError($"must be {least:N0} to {most:N0}, but is {value:N0}.", property);
            }
        }
    }

    private static void Check(string property, TimeSpan value, TimeSpan least, TimeSpan most, ValidateOptionsResultBuilder result)
    {
        if (value < least || value > most)
        {
            result.AddError($"must be {least} to {most}, but is {value}.", property);
        }
    }

    private static bool IsName(string text) => text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
}
