using System.Text.Json;
using System.Text.Json.Serialization;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Reports;

/// <summary>How reports look as JSON: docs/runtime/stall-report.md tells it, stall-report.schema.json holds it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    WriteIndented = true,
    Converters =
    [
        typeof(CamelCase<StallCause>), typeof(CamelCase<StalledActivityKind>), typeof(SecondsConverter), typeof(FiniteConverter), typeof(AddressConverter), typeof(SamplesConverter),
    ])]
[JsonSerializable(typeof(StallReportContent))]
internal sealed partial class StallReportJson : JsonSerializerContext;

/// <summary>Samples are most of a file: there, what is 0 is left out, and so are spaces.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Converters = [typeof(AddressConverter)])]
[JsonSerializable(typeof(WindowSample))]
internal sealed partial class StallSampleJson : JsonSerializerContext;

internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Spans of time are seconds: exact, for a tick is the seventh decimal.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private static readonly decimal s_most = TimeSpan.MaxValue.Ticks / (decimal)TimeSpan.TicksPerSecond;

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TryGetDecimal(out var seconds) && Math.Abs(seconds) <= s_most
            ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
            : throw new JsonException("a number of seconds that is too large");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}

/// <summary>JSON has no word for a share of nothing: it is written as 0, rather than lose the report.</summary>
internal sealed class FiniteConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(double.IsFinite(value) ? value : 0);
}

/// <summary>Each sample on a line of its own, in the manner of <see cref="StallSampleJson"/>.</summary>
internal sealed class SamplesConverter : JsonConverter<WindowSample>
{
    public override WindowSample? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var sample = JsonSerializer.Deserialize(ref reader, StallSampleJson.Default.WindowSample);
        return sample is { Threads: null } ? sample with { Threads = [] } : sample;
    }

    public override void Write(Utf8JsonWriter writer, WindowSample value, JsonSerializerOptions options) =>
        writer.WriteRawValue([(byte)'\n', .. JsonSerializer.SerializeToUtf8Bytes(value, StallSampleJson.Default.WindowSample)], skipInputValidation: true);
}
