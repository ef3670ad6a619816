namespace Hardening.Messaging;

/// <summary>What has become of the connection to the broker, up to one moment.</summary>
public sealed record RabbitMqStatistics
{
    /// <summary>Whether there is one now.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>Whether the broker takes no messages for now: its memory or its disk runs short.</summary>
    public required bool IsBlocked { get; init; }

    /// <summary>How often there was one.</summary>
    public required long Connects { get; init; }

    /// <summary>How often one was lost, not by this side.</summary>
    public required long Losses { get; init; }

    /// <summary>How many attempts in a row have failed up to now; 0 once one succeeds.</summary>
    public required int Failures { get; init; }

    /// <summary>Why the last attempt failed; null when it succeeded.</summary>
    public BrokerUnavailableException? LastFailure { get; init; }
}
