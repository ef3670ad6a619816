namespace Inspection.Reporting.Html;

/// <summary>Leads from the page to the reports of stalls, which are files beside it or elsewhere on the machine.</summary>
internal sealed class ReportLinks(string stallDirectory, string page)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(page))!;

    /// <summary>Where a report is, for people and for a link; the link is null where the report was not written or not kept.</summary>
    public (string Path, string? Link) Of(string server, string report)
    {
        var path = Path.Combine(stallDirectory, server, report + ".hardening.md");
        return (path, File.Exists(path) ? string.Join('/', Path.GetRelativePath(_folder, path).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString)) : null);
    }
}
