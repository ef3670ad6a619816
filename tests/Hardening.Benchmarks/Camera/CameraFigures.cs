using System.Text.Json.Serialization;
using Hardening.Benchmarks.Measuring;
using Hardening.Benchmarks.Pool;

namespace Hardening.Benchmarks.Camera;

/// <summary>All rounds of one contender in one case.</summary>
internal sealed record CameraFigures([property: JsonIgnore] CameraCase What, string Name, [property: JsonConverter(typeof(JsonStringEnumConverter<ContenderKind>))] ContenderKind Kind, IReadOnlyList<CameraMeasurement> Rounds)
{
    public string Case => What.Key;

    /// <summary>The median over the rounds; null where it is not known in each.</summary>
    public double? Of(Func<CameraMeasurement, double?> figure) => Rounds.All(round => figure(round) is not null) ? Series.Median(Rounds.Select(round => figure(round)!.Value)) : null;

    /// <summary>How many times the other's: the median over rounds, for what disturbs a round disturbs its neighbours too.</summary>
    public double RatioTo(CameraFigures other, Func<CameraMeasurement, double?> figure) => Series.Median(Rounds.Zip(other.Rounds, (mine, theirs) => (figure(mine) ?? double.NaN) / (figure(theirs) ?? double.NaN)));
}
