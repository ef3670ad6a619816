using System.Text.RegularExpressions;

namespace Hardening.Cli.Scanning.Reporting;

/// <summary>The pages of the rules: those that came with the tool, and where they are on the web.</summary>
internal static partial class RulePage
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "rules");

    /// <summary>The page as it came with the tool, its links made to lead somewhere from anywhere; null where it has none, as for a rule of another package.</summary>
    public static string? Read(ScannedRule rule)
    {
        var path = Path.Combine(Folder, rule.Id + ".md");
        if (!RuleId().IsMatch(rule.Id) || LinkTo(rule) is not { } link || !File.Exists(path))
        {
            return null;
        }

        var home = new Uri(link);
        return RelativeLink().Replace(File.ReadAllText(path), match => $"]({new Uri(home, match.Groups["target"].Value)})");
    }

    /// <summary>Where the page is on the web; null unless that is a web address.</summary>
    public static string? LinkTo(ScannedRule rule) =>
        Uri.TryCreate(rule.HelpUri, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? uri.AbsoluteUri : null;

    [GeneratedRegex(@"^HRD\d{4}$")]
    private static partial Regex RuleId();

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)\s]+)\)")]
    private static partial Regex RelativeLink();
}
