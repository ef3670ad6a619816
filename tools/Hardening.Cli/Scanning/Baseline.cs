using System.Text.Json;

namespace Hardening.Cli.Scanning;

/// <summary>A finding that is known.</summary>
internal sealed record BaselineEntry(string File, string Rule, string Symbol, string Fingerprint);

/// <summary>
/// The findings that a team has decided to live with: a scan that is given them fails for new ones only. One line each, in order and without line numbers, so that a change of the code changes no
/// line here, and two people's changes merge.
/// </summary>
internal sealed class Baseline
{
    private const string Format = "hardening.baseline";
    private const int Version = 1;

    private Baseline(IReadOnlyList<BaselineEntry> entries) => Entries = entries;

    public IReadOnlyList<BaselineEntry> Entries { get; }

    public static Baseline Of(ScanResult result) => new([.. result.Findings.Select(finding => new BaselineEntry(finding.Place.File, finding.RuleId, finding.Symbol, finding.Fingerprint))
        .OrderBy(entry => entry.File, StringComparer.Ordinal).ThenBy(entry => entry.Rule, StringComparer.Ordinal).ThenBy(entry => entry.Symbol, StringComparer.Ordinal).ThenBy(entry => entry.Fingerprint, StringComparer.Ordinal)]);

    /// <exception cref="CommandFailedException">It is not there, or no baseline.</exception>
    public static Baseline Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailedException($"there is no baseline '{path}': --write-baseline makes one");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.GetProperty("format").GetString() != Format)
            {
                throw Damaged(path, "it is another kind of file");
            }

            if (root.GetProperty("version").GetInt32() is not Version and var version)
            {
                throw new CommandFailedException($"the baseline '{path}' has version {version}, and this program reads version {Version}: write it anew with --write-baseline, or use the program that wrote it");
            }

            return new Baseline([.. root.GetProperty("findings").EnumerateArray().Select(entry => new BaselineEntry(Text(entry, "file"), Text(entry, "rule"), Text(entry, "symbol"), Text(entry, "fingerprint")))]);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged(path, failure.Message);
        }
    }

    /// <summary>The result with what is known marked, and what is gone: known findings of rules that ran and that are found no more.</summary>
    public (ScanResult Result, IReadOnlyList<BaselineEntry> Gone) Compare(ScanResult result)
    {
        var known = Entries.Select(entry => entry.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var found = result.Findings.Select(finding => finding.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var ran = result.Rules.Select(rule => rule.Id).ToHashSet(StringComparer.Ordinal);
        return (
            result with { HasBaseline = true, Findings = [.. result.Findings.Select(finding => finding with { IsKnown = known.Contains(finding.Fingerprint) })] },
            [.. Entries.Where(entry => ran.Contains(entry.Rule) && !found.Contains(entry.Fingerprint))]);
    }

    public async Task WriteAsync(Stream stream, CancellationToken stop)
    {
        await using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        await writer.WriteAsync($"{{\n  \"format\": \"{Format}\",\n  \"version\": {Version},\n  \"findings\": [");
        foreach (var (index, entry) in Entries.Index())
        {
            var line = $"{(index == 0 ? "" : ",")}\n    {{ \"file\": {Json(entry.File)}, \"rule\": {Json(entry.Rule)}, \"symbol\": {Json(entry.Symbol)}, \"fingerprint\": {Json(entry.Fingerprint)} }}";
            await writer.WriteAsync(line.AsMemory(), stop);
        }

        await writer.WriteAsync(Entries.Count == 0 ? "]\n}\n" : "\n  ]\n}\n");
    }

    private static string Json(string text) => JsonSerializer.Serialize(text, BaselineForm);

    // Symbols have generic arguments; the file is read by people and is no part of a page.
    private static readonly JsonSerializerOptions BaselineForm = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Text(JsonElement entry, string name) => entry.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static CommandFailedException Damaged(string path, string why) => new($"the baseline '{path}' is damaged ({why}): take it from version control, or write it anew with --write-baseline");
}
