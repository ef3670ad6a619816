using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>A value of JSON, and where it stands.</summary>
internal sealed class JsonValue(TextSpan span, string? text = null, double? number = null, IReadOnlyList<JsonValue>? items = null, IReadOnlyDictionary<string, JsonValue>? members = null)
{
    private static readonly IReadOnlyList<JsonValue> None = Array.Empty<JsonValue>();

    public TextSpan Span { get; } = span;

    public bool IsObject => members is not null;

    /// <summary>Null where it is no text.</summary>
    public string? Text => text;

    /// <summary>Null where it is no number.</summary>
    public double? Number => number;

    /// <summary>Nothing where it is no array.</summary>
    public IReadOnlyList<JsonValue> Items => items ?? None;

    /// <summary>Null where there is no such member.</summary>
    public JsonValue? this[string name] => members is not null && members.TryGetValue(name, out var value) ? value : null;

    /// <summary>Null where it is no whole number that fits.</summary>
    public int? Integer => number is { } value && value is >= int.MinValue and <= int.MaxValue && value == Math.Floor(value) ? (int)value : null;

    public static double? ParseNumber(string digits) =>
        double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsInfinity(value) && !double.IsNaN(value) ? value : null;
}

/// <summary>What is wrong with a text, and where.</summary>
internal sealed class JsonProblemException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
