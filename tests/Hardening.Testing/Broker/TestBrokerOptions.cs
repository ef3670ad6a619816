namespace Hardening.Testing.Broker;

/// <summary>What kind of broker a test wants.</summary>
public sealed record TestBrokerOptions
{
    /// <summary>How long a consumer may keep a message without an acknowledgement before the broker closes its channel.</summary>
    public TimeSpan ConsumerTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often it looks for those.</summary>
    public TimeSpan TickEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Virtual hosts beside <c>/</c>. <see cref="TestBroker.User"/> may do everything in each.</summary>
    public IReadOnlyList<string> VirtualHosts { get; init; } = [];

    /// <summary>Further lines of its <c>rabbitmq.conf</c>.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How long a start may take: seconds, but tests share their machine.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(120);
}
