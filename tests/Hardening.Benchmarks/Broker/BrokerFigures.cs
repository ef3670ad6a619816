using System.Text.Json.Serialization;
using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Broker;

/// <summary>Medians over the rounds.</summary>
internal sealed record BrokerFigures(
    [property: JsonConverter(typeof(JsonStringEnumConverter<BrokerWay>))] BrokerWay Way,
    [property: JsonConverter(typeof(JsonStringEnumConverter<BrokerPayload>))] BrokerPayload Payload,
    int Callers,
    int Prefetch,
    IReadOnlyList<BrokerMeasurement> Rounds)
{
    public double JobsPerSecond => Median(round => round.JobsPerSecond);

    public double P50 => Median(round => round.P50);

    public double P99 => Median(round => round.P99);

    public double CallerCpu => Median(round => round.CallerCpu);

    public double BrokerCpu => Median(round => round.BrokerCpu);

    public double HostCpu => Median(round => round.HostCpu);

    public double DiskBytes => Median(round => round.DiskBytes);

    private double Median(Func<BrokerMeasurement, double> figure) => Series.Median(Rounds.Select(figure));
}
