using System.Globalization;

namespace Hardening.Benchmarks.Broker;

/// <summary>What is measured: jobs of a kind, by so many callers.</summary>
/// <param name="Way">Through the broker, or in the local pool.</param>
/// <param name="Payload">What a job carries.</param>
/// <param name="Callers">How many there are, each of which has one job under way.</param>
/// <param name="Prefetch">How many jobs a host is given at a time; 0 in the local pool.</param>
internal sealed record BrokerCase(BrokerWay Way, BrokerPayload Payload, int Callers, int Prefetch)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Way}, {Payload}, {Callers} callers{(Prefetch > 0 ? $", prefetch {Prefetch}" : "")}");
}

internal enum BrokerWay
{
    Local,
    Broker,
}

internal enum BrokerPayload
{
    /// <summary>No bytes there, none back.</summary>
    Empty,

    /// <summary>1,024 bytes there and back.</summary>
    Kibibyte,

    /// <summary>A frame of 1280x1024 Mono8 there, eight bytes back.</summary>
    Frame,
}
