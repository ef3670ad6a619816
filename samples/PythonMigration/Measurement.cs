using System.Text.Json.Serialization;
using Hardening.Pool;

namespace PythonMigration;

/// <summary>What is asked of a frame.</summary>
/// <param name="Limit">A pixel above it is bright.</param>
internal sealed record MeasureRequest(int Limit);

/// <summary>What is measured; the same fields in the same order as in worker.py.</summary>
internal sealed record Measurement(long Sequence, int Bright, int[]? Box, long Mean, int[] Histogram, uint Check);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MeasureRequest))]
[JsonSerializable(typeof(Measurement))]
internal sealed partial class MeasureJson : JsonSerializerContext;

internal static class MeasureContract
{
    public static JobContract<MeasureRequest, Measurement> Json { get; } = JobContract.Json(MeasureJson.Default.MeasureRequest, MeasureJson.Default.Measurement);
}
