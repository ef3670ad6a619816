using System.Text;
using Hardening.BrokerHost;
using RabbitMQ.Client;

namespace Hardening.Runtime.RabbitMq.Tests.Chaos;

/// <summary>What the broker has of the pool, seen without the pool.</summary>
internal sealed class ChaosQueues : IAsyncDisposable
{
    private const string Jobs = $"hardening.pool.{JobHost.ChaosPool}";
    private const string Dying = $"{Jobs}.dying";
    private const string Dead = $"{Jobs}.dead";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly IConnection _connection;
    private readonly IChannel _channel;

    private ChaosQueues(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    public static async Task<ChaosQueues> OpenAsync(Uri broker, CancellationToken timeout)
    {
        var connection = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync(timeout);
        return new ChaosQueues(connection, await connection.CreateChannelAsync(null, timeout));
    }

    /// <summary>Waits until no job waits for a host.</summary>
    public async Task AreEmptyAsync(CancellationToken timeout)
    {
        while (await CountAsync(timeout) > 0)
        {
            await Task.Delay(Pause, timeout); // the broker tells nobody
        }
    }

    /// <summary>How many jobs wait for a host.</summary>
    public async Task<uint> CountAsync(CancellationToken timeout) =>
        (await _channel.QueueDeclarePassiveAsync(Jobs, timeout)).MessageCount + (await _channel.QueueDeclarePassiveAsync(Dying, timeout)).MessageCount;

    /// <summary>Takes all dead letters, and returns their keys; each must say why it is one. A broker that ends in between may have one twice.</summary>
    public async Task<IReadOnlySet<string>> ReadDeadLettersAsync(CancellationToken timeout)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (await _channel.BasicGetAsync(Dead, autoAck: true, timeout) is { } letter)
        {
            keys.Add(letter.BasicProperties.MessageId!);
            var reason = letter.BasicProperties.Headers?["hardening-dead-reason"] as byte[] ?? [];
            Assert.That(Encoding.UTF8.GetString(reason), Is.EqualTo("worker_ended").Or.EqualTo("quarantined").Or.EqualTo("delivery_limit"), letter.BasicProperties.MessageId);
        }

        return keys;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
