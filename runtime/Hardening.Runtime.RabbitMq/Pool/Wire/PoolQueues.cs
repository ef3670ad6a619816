using System.Text;
using RabbitMQ.Client;

namespace Hardening.Pool.Wire;

/// <summary>
/// The queues of one pool: jobs; those that the broker itself gave up (too often delivered, or too late), which hosts look at; dead letters, which people look at; and the answers of each caller. All are
/// quorum queues, and all have a bound at which they refuse.
/// </summary>
internal sealed class PoolQueues
{
    private const int MaxNameBytes = 255;

    private readonly RabbitPoolOptions _options;

    public PoolQueues(string pool, RabbitPoolOptions options)
    {
        _options = options;
        Jobs = $"{options.QueuePrefix}.pool.{pool}";
        Dying = Jobs + ".dying";
        Dead = Jobs + ".dead";
        var longest = Encoding.UTF8.GetByteCount(Results(options.CallerName ?? new string('x', 100)));
        if (longest > MaxNameBytes)
        {
            throw new ArgumentException($"The name of pool '{pool}' is too long: with its prefix and the name of a caller its queue has {longest} bytes, and brokers take {MaxNameBytes}.", nameof(pool));
        }
    }

    public string Jobs { get; }

    public string Dying { get; }

    public string Dead { get; }

    /// <summary>How often the broker gives a job to a host.</summary>
    public int MaxDeliveries => _options.MaxDeliveries;

    public string Results(string caller) => $"{Jobs}.results.{caller}";

    /// <summary>Makes those that are missing. A queue that is there with other arguments closes the channel.</summary>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await DeclareAsync(channel, Dead, Bounded(_options.DeadLetterCapacity), cancellationToken).ConfigureAwait(false);
        await DeclareAsync(channel, Dying, Bounded(_options.DeadLetterCapacity), cancellationToken).ConfigureAwait(false);
        var jobs = Bounded(_options.QueueCapacity);
        jobs["x-max-length-bytes"] = _options.QueueCapacityBytes;
        jobs["x-delivery-limit"] = _options.MaxDeliveries - 1; // how often it may come back
        jobs["x-dead-letter-exchange"] = "";
        jobs["x-dead-letter-routing-key"] = Dying;
        jobs["x-dead-letter-strategy"] = "at-least-once";
        await DeclareAsync(channel, Jobs, jobs, cancellationToken).ConfigureAwait(false);
    }

    public async Task DeclareResultsAsync(IChannel channel, string caller, CancellationToken cancellationToken)
    {
        var results = Bounded(_options.ResultCapacity);
        results["x-expires"] = (long)_options.ResultExpiry.TotalMilliseconds;
        await DeclareAsync(channel, Results(caller), results, cancellationToken).ConfigureAwait(false);
    }

    private static Dictionary<string, object?> Bounded(int capacity) => new(StringComparer.Ordinal)
    {
        ["x-queue-type"] = "quorum",
        ["x-max-length"] = capacity,
        ["x-overflow"] = "reject-publish",
    };

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue, Dictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, passive: false, noWait: false, cancellationToken);
}
