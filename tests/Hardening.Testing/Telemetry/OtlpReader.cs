using System.Globalization;
using System.Text.Json;

namespace Hardening.Testing.Telemetry;

/// <summary>Reads the requests of OTLP (opentelemetry-proto 1): traces as Protocol Buffers or JSON, metrics as Protocol Buffers.</summary>
internal static class OtlpReader
{
    private const string Nameless = "";

    public static List<OtlpSpan> ReadSpans(ReadOnlySpan<byte> request)
    {
        var spans = new List<OtlpSpan>();
        for (var all = new ProtobufReader(request); all.Read();)
        {
            if (all.Field == 1)
            {
                ReadResourceSpans(all.Bytes, spans);
            }
        }

        return spans;
    }

    public static List<OtlpMetric> ReadMetrics(ReadOnlySpan<byte> request)
    {
        var metrics = new List<OtlpMetric>();
        for (var all = new ProtobufReader(request); all.Read();)
        {
            for (var resource = new ProtobufReader(all.Bytes); resource.Read();)
            {
                if (resource.Field == 2)
                {
                    ReadScopeMetrics(resource.Bytes, metrics);
                }
            }
        }

        return metrics;
    }

    /// <summary>Spans as JSON: ids in hexadecimal digits, numbers of 64 bits as text.</summary>
    public static List<OtlpSpan> ReadJsonSpans(ReadOnlyMemory<byte> request)
    {
        using var document = JsonDocument.Parse(request);
        return
        [
            .. from resource in document.RootElement.GetProperty("resourceSpans").EnumerateArray()
               from scope in resource.GetProperty("scopeSpans").EnumerateArray()
               from span in scope.GetProperty("spans").EnumerateArray()
               select new OtlpSpan
               {
                   Resource = JsonAttributes(resource.GetProperty("resource")),
                   Scope = scope.TryGetProperty("scope", out var name) ? name.GetProperty("name").GetString()! : Nameless,
                   TraceId = span.GetProperty("traceId").GetString()!,
                   SpanId = span.GetProperty("spanId").GetString()!,
                   ParentSpanId = span.GetProperty("parentSpanId").GetString()!,
                   Name = span.GetProperty("name").GetString()!,
                   Kind = span.GetProperty("kind").GetInt32(),
                   Start = ulong.Parse(span.GetProperty("startTimeUnixNano").GetString()!, CultureInfo.InvariantCulture),
                   End = ulong.Parse(span.GetProperty("endTimeUnixNano").GetString()!, CultureInfo.InvariantCulture),
                   Attributes = JsonAttributes(span),
               },
        ];
    }

    private static void ReadResourceSpans(ReadOnlySpan<byte> message, List<OtlpSpan> spans)
    {
        IReadOnlyDictionary<string, object?> resource = new Dictionary<string, object?>();
        for (var part = new ProtobufReader(message); part.Read();)
        {
            if (part.Field == 1)
            {
                resource = ReadAttributes(part.Bytes, field: 1);
            }
            else if (part.Field == 2)
            {
                var scope = Nameless;
                for (var inner = new ProtobufReader(part.Bytes); inner.Read();)
                {
                    scope = inner.Field == 1 ? ReadScope(inner.Bytes) : scope;
                    if (inner.Field == 2)
                    {
                        spans.Add(ReadSpan(inner.Bytes, resource, scope));
                    }
                }
            }
        }
    }

    private static OtlpSpan ReadSpan(ReadOnlySpan<byte> message, IReadOnlyDictionary<string, object?> resource, string scope)
    {
        var span = new OtlpSpan { Resource = resource, Scope = scope, Attributes = ReadAttributes(message, field: 9) };
        var events = new List<string>();
        for (var part = new ProtobufReader(message); part.Read();)
        {
            switch (part.Field)
            {
                case 1:
                    span = span with { TraceId = Convert.ToHexStringLower(part.Bytes) };
                    break;
                case 2:
                    span = span with { SpanId = Convert.ToHexStringLower(part.Bytes) };
                    break;
                case 3:
                    span = span with { TraceState = part.Text };
                    break;
                case 4:
                    span = span with { ParentSpanId = Convert.ToHexStringLower(part.Bytes) };
                    break;
                case 5:
                    span = span with { Name = part.Text };
                    break;
                case 6:
                    span = span with { Kind = (int)part.Number };
                    break;
                case 7:
                    span = span with { Start = part.Number };
                    break;
                case 8:
                    span = span with { End = part.Number };
                    break;
                case 11:
                    events.Add(TextOf(part.Bytes, field: 2));
                    break;
                case 15:
                    span = span with { Status = (int)NumberOf(part.Bytes, field: 3), StatusMessage = TextOf(part.Bytes, field: 2) };
                    break;
            }
        }

        return span with { Events = events };
    }

    private static void ReadScopeMetrics(ReadOnlySpan<byte> message, List<OtlpMetric> metrics)
    {
        var scope = Nameless;
        for (var part = new ProtobufReader(message); part.Read();)
        {
            scope = part.Field == 1 ? ReadScope(part.Bytes) : scope;
            if (part.Field == 2)
            {
                metrics.Add(ReadMetric(part.Bytes, scope));
            }
        }
    }

    private static OtlpMetric ReadMetric(ReadOnlySpan<byte> message, string scope)
    {
        var kind = "";
        var points = new List<OtlpPoint>();
        for (var part = new ProtobufReader(message); part.Read();)
        {
            if (part.Field is not (5 or 7 or 9))
            {
                continue;
            }

            kind = part.Field switch { 5 => "gauge", 7 => "sum", _ => "histogram" };
            for (var data = new ProtobufReader(part.Bytes); data.Read();)
            {
                if (data.Field == 1)
                {
                    points.Add(kind == "histogram" ? new OtlpPoint(NumberOf(data.Bytes, field: 4), ReadAttributes(data.Bytes, field: 9)) : ReadPoint(data.Bytes));
                }
            }
        }

        return new OtlpMetric(scope, TextOf(message, field: 1), TextOf(message, field: 3), kind, points);
    }

    private static OtlpPoint ReadPoint(ReadOnlySpan<byte> message)
    {
        var value = 0.0;
        for (var part = new ProtobufReader(message); part.Read();)
        {
            value = part.Field switch { 4 => part.Real, 6 => (long)part.Number, _ => value };
        }

        return new OtlpPoint(value, ReadAttributes(message, field: 7));
    }

    private static Dictionary<string, object?> ReadAttributes(ReadOnlySpan<byte> message, int field)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        for (var part = new ProtobufReader(message); part.Read();)
        {
            if (part.Field != field)
            {
                continue;
            }

            object? value = null;
            for (var pair = new ProtobufReader(part.Bytes); pair.Read();)
            {
                value = pair.Field == 2 ? ReadValue(pair.Bytes) : value;
            }

            attributes.Add(TextOf(part.Bytes, field: 1), value); // twice is an error of the sender
        }

        return attributes;
    }

    private static object? ReadValue(ReadOnlySpan<byte> message)
    {
        object? value = null;
        for (var part = new ProtobufReader(message); part.Read();)
        {
            value = part.Field switch { 1 => part.Text, 2 => part.Number != 0, 3 => (long)part.Number, 4 => part.Real, _ => Convert.ToHexStringLower(part.Bytes) };
        }

        return value;
    }

    private static string ReadScope(ReadOnlySpan<byte> message) => TextOf(message, field: 1);

    private static string TextOf(ReadOnlySpan<byte> message, int field)
    {
        var text = "";
        for (var part = new ProtobufReader(message); part.Read();)
        {
            text = part.Field == field ? part.Text : text;
        }

        return text;
    }

    private static ulong NumberOf(ReadOnlySpan<byte> message, int field)
    {
        var number = 0ul;
        for (var part = new ProtobufReader(message); part.Read();)
        {
            number = part.Field == field ? part.Number : number;
        }

        return number;
    }

    private static Dictionary<string, object?> JsonAttributes(JsonElement owner) => owner.TryGetProperty("attributes", out var list)
        ? list.EnumerateArray().ToDictionary(pair => pair.GetProperty("key").GetString()!, pair => (object?)pair.GetProperty("value").EnumerateObject().Single().Value.ToString(), StringComparer.Ordinal)
        : [];
}
