namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>The id of a rule, which leads to its page where it has one.</summary>
internal static class RuleLink
{
    public static void Write(HtmlPage page, ScannedRule rule)
    {
        if (RulePage.LinkTo(rule) is { } link)
        {
            page.Write($"""<a class="rule" href="{link}" rel="noopener noreferrer">{rule.Id}</a>""");
        }
        else
        {
            page.Write($"""<span class="rule">{rule.Id}</span>""");
        }
    }
}
