namespace Hardening.Benchmarks.Broker;

/// <summary>All that is measured: the cost beside the local pool, and how throughput and latency go with callers and prefetch.</summary>
internal static class BrokerCases
{
    /// <summary>Of the host and of the local pool.</summary>
    public const int Workers = 2;

    /// <summary>As a host takes it when nothing is said: one job for each worker.</summary>
    public const int UsualPrefetch = Workers;

    /// <summary>Where the least callers are whose throughput is this part of the most, there is the knee.</summary>
    public const double Knee = 0.9;

    public static IReadOnlyList<BrokerCase> Of(bool isShort)
    {
        int[] callers = isShort ? [4] : [1, 16];
        int[] more = isShort ? [1, 16] : [1, 4, 16, 64, 256];
        int[] prefetches = isShort ? [1, 8] : [1, 2, 4, 8, 32];
        BrokerPayload[] payloads = [BrokerPayload.Empty, BrokerPayload.Kibibyte, BrokerPayload.Frame];
        return
        [
            .. payloads.SelectMany(payload => callers.SelectMany(count => (BrokerCase[])
            [
                new(BrokerWay.Local, payload, count, Prefetch: 0),
                new(BrokerWay.Broker, payload, count, UsualPrefetch),
            ])).Union(prefetches.SelectMany(prefetch => more.Select(count => new BrokerCase(BrokerWay.Broker, BrokerPayload.Kibibyte, count, prefetch)))),
        ];
    }

    /// <summary>How many jobs a host may be given ahead, of which each has a pool of its own.</summary>
    public static IReadOnlyList<int> Prefetches(IEnumerable<BrokerCase> cases) => [.. cases.Select(what => what.Prefetch).Where(prefetch => prefetch > 0).Distinct().Order()];
}
