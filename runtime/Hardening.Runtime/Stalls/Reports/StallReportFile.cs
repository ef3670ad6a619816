using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;

namespace Hardening.Stalls;

/// <summary>Reads and writes what the watchdog tells about a stall: <c>*.hardening.json</c> (docs/runtime/stall-report.md).</summary>
public sealed class StallReportFile
{
    /// <summary>How the names of such files end.</summary>
    public const string Extension = ".hardening.json";

    private const long MaxBytes = 256L << 20; // the samples of thousands of threads take a tenth of it

    private StallReportFile(string path, StallReportContent content) => (Path, Report, Window) = (path, content.Report, content.Window);

    /// <summary>Where it was read from.</summary>
    public string Path { get; }

    /// <summary>The report.</summary>
    public StallReport Report { get; }

    /// <summary>What was measured around the stall; null where it was not kept.</summary>
    internal StallWindow? Window { get; }

    /// <summary>Reads a report.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no report, of a newer version, cut off or damaged; the message says which.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static StallReportFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var length = new FileInfo(path).Length;
        if (length > MaxBytes)
        {
            throw new InvalidDataException($"'{path}' is no stall report: it has {length:N0} bytes, and no report has more than {MaxBytes:N0}.");
        }

        var bytes = File.ReadAllBytes(path);
        Identify(path, bytes);
        try
        {
            var content = JsonSerializer.Deserialize(bytes, StallReportJson.Default.StallReportContent) ?? throw new JsonException("it is null");
            return new StallReportFile(path, content);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is a stall report that is cut off or damaged: {Place(e)}.", e);
        }
    }

    /// <summary>Writes a report as JSON, as its file has it, without samples.</summary>
    /// <param name="report">The report.</param>
    /// <param name="destination">Where to; not flushed, and the caller's.</param>
    public static void WriteJson(StallReport report, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(report);
        JsonSerializer.Serialize(destination, new StallReportContent { Report = report }, StallReportJson.Default.StallReportContent);
    }

    /// <summary>A report for people: the Markdown of the file beside the JSON.</summary>
    public static string ToMarkdown(StallReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return StallReportText.Write(report);
    }

    /// <summary>Reads a report, where it can.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The report, when there is one.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out StallReportFile? file, [NotNullWhen(false)] out string? error)
    {
        try
        {
            (file, error) = (Read(path), null);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            (file, error) = (null, e.Message);
            return false;
        }
    }

    // By hand: a report of a newer version, or one that is cut off, is still known for what it is.
    private static void Identify(string path, ReadOnlySpan<byte> bytes)
    {
        string? format = null;
        var version = 0;
        try
        {
            var reader = new Utf8JsonReader(bytes);
            _ = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while ((format is null || version == 0) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                _ = reader.Read();
                if (name == "format" && reader.TokenType == JsonTokenType.String)
                {
                    format = reader.GetString();
                }
                else if (name == "version" && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
                {
                    version = number;
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter for text that is no text
        {
            throw new InvalidDataException($"'{path}' is {(format == StallReportContent.FormatName ? "a stall report that is cut off or damaged" : "no stall report")}: {Place(e)}.", e);
        }

        if (format != StallReportContent.FormatName)
        {
            throw new InvalidDataException($"'{path}' is no stall report: its format is {(format is null ? "not said" : $"'{format}'")}, not '{StallReportContent.FormatName}'.");
        }

        if (version is < 1 or > StallReportContent.CurrentVersion)
        {
            throw new InvalidDataException(version > 0
                ? $"'{path}' is a stall report of version {version}, and this program reads versions up to {StallReportContent.CurrentVersion}: read it with a newer one."
                : $"'{path}' is a stall report that is damaged: it does not say its version.");
        }
    }

    private static string Place(Exception e) => e is JsonException { LineNumber: { } line } at
        ? $"line {line + 1}, byte {at.BytePositionInLine + 1}{(at.Path is null or "$" ? "" : $", at {at.Path}")}"
        : e.Message.TrimEnd('.');
}
