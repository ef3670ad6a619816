namespace Hardening.Testing.Telemetry;

/// <summary>A span as a collector gets it.</summary>
public sealed record OtlpSpan
{
    /// <summary>What the sender says of itself.</summary>
    public required IReadOnlyDictionary<string, object?> Resource { get; init; }

    /// <summary>The source.</summary>
    public required string Scope { get; init; }

    /// <summary>In hexadecimal digits, as the ids below.</summary>
    public string TraceId { get; init; } = "";

    public string SpanId { get; init; } = "";

    /// <summary>Empty for the first of a trace.</summary>
    public string ParentSpanId { get; init; } = "";

    public string TraceState { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>1 internal, 2 server, 3 client.</summary>
    public int Kind { get; init; }

    /// <summary>Nanoseconds since 1970, as the end.</summary>
    public ulong Start { get; init; }

    public ulong End { get; init; }

    public IReadOnlyDictionary<string, object?> Attributes { get; init; } = new Dictionary<string, object?>();

    /// <summary>The names of its events.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>2: an error.</summary>
    public int Status { get; init; }

    public string StatusMessage { get; init; } = "";

    public string Service => Resource.GetValueOrDefault("service.name") as string ?? "";

    public override string ToString() => $"{Service}: {Name} {TraceId}/{SpanId} in {ParentSpanId}, {Start} to {End}, status {Status} {StatusMessage} [{string.Join(", ", Attributes.Select(pair => $"{pair.Key}={pair.Value}"))}]";
}

/// <summary>A metric as a collector gets it.</summary>
/// <param name="Scope">The meter.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">Its unit, as UCUM has it.</param>
/// <param name="Kind">gauge, sum or histogram.</param>
/// <param name="Points">A point for each set of attributes: for a histogram the count.</param>
public sealed record OtlpMetric(string Scope, string Name, string Unit, string Kind, IReadOnlyList<OtlpPoint> Points);

/// <summary>A value and what it is of.</summary>
/// <param name="Value">The value; of a histogram the count.</param>
/// <param name="Attributes">Of what.</param>
public sealed record OtlpPoint(double Value, IReadOnlyDictionary<string, object?> Attributes);
