using System.Text.Json.Serialization;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls.Reports;

/// <summary>What a <c>*.hardening.json</c> holds. The format comes first, so that a reader knows what it has before it reads on.</summary>
internal sealed record StallReportContent
{
    public const string FormatName = "hardening.stall-report";
    public const int CurrentVersion = 1;

    [JsonPropertyOrder(-2)]
    public string Format { get; init; } = FormatName;

    [JsonPropertyOrder(-1)]
    public int Version { get; init; } = CurrentVersion;

    public required StallReport Report { get; init; }

    /// <summary>What was measured; null where the options leave it out.</summary>
    public StallWindow? Window { get; init; }
}
