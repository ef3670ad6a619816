using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>What a <c>*.hardening.json</c> among a project's additional files says: a report, or why it is none.</summary>
internal sealed class EvidenceFile
{
    public const string Extension = ".hardening.json";

    private const string FormatName = "hardening.stall-report";
    private const int LatestVersion = 1;
    private const int MaxLength = 256 << 20; // as the runtime's own reader

    // An editor makes a new compilation for each key that is hit; the text stays the same.
    private static readonly ConditionalWeakTable<SourceText, EvidenceFile> Known = new();

    private EvidenceFile(EvidenceReport? report, string? problem, TextSpan place) => (Report, Problem, Place) = (report, problem, place);

    /// <summary>Null where the file is none.</summary>
    public EvidenceReport? Report { get; }

    /// <summary>Why there is no report.</summary>
    public string? Problem { get; }

    /// <summary>Where in the text the problem is.</summary>
    public TextSpan Place { get; }

    public static bool IsEvidence(AdditionalText file) => file.Path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase);

    public static EvidenceFile Read(AdditionalText file, CancellationToken cancellation)
    {
        if (file.GetText(cancellation) is not { } text)
        {
            return new EvidenceFile(null, "it cannot be opened", default);
        }

        if (!Known.TryGetValue(text, out var known))
        {
            known = Read(text, cancellation);
            lock (Known)
            {
                known = Known.GetValue(text, _ => known);
            }
        }

        return known;
    }

    private static EvidenceFile Read(SourceText text, CancellationToken cancellation)
    {
        if (text.Length > MaxLength)
        {
            return new EvidenceFile(null, "it is longer than any stall report", default);
        }

        string? format = null;
        int? version = null;
        EvidenceReport? report = null;
        try
        {
            var reader = new JsonReader(text, cancellation);
            reader.ReadObject(name =>
            {
                switch (name)
                {
                    case "format":
                        format = reader.ReadValue().Text;
                        break;
                    case "version":
                        version = reader.ReadValue().Integer;
                        break;
                    case "report" when format == FormatName && version is >= 1 and <= LatestVersion:
                        report = EvidenceReport.Of(reader.ReadValue());
                        return false; // the samples come after it, and are most of the file
                    default:
                        reader.Skip();
                        break;
                }

                return format is null or FormatName && version is null or <= LatestVersion;
            });
        }
        catch (JsonProblemException e)
        {
            return new EvidenceFile(null, $"{(format == FormatName ? "it is a stall report that is damaged" : "it is no stall report")}: {e.Message}", new TextSpan(Math.Min(e.Position, text.Length), 0));
        }

        return report is not null ? new EvidenceFile(report, null, default) : new EvidenceFile(null, Why(format, version), default);
    }

    private static string Why(string? format, int? version) =>
        format != FormatName ? $"it is no stall report: its format is {(format is null ? "not said" : $"'{format}'")}, not '{FormatName}'"
        : version is > LatestVersion ? $"it is a stall report of version {version}, and this rule reads versions up to {LatestVersion}: update Hardening.Analyzers"
        : version is null or < 1 ? "it is a stall report that does not say its version before the report"
        : "it is a stall report without a report";
}
