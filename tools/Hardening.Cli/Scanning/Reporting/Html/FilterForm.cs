namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>Narrows the findings down. It needs script, and is hidden until the script shows it.</summary>
internal static class FilterForm
{
    public static void Write(HtmlPage page, ReportContent content)
    {
        page.Write(
            $"""
            <form id="filter" role="search" aria-label="Findings" hidden>
            <label class="field">Text <input type="search" name="text" placeholder="file, message, code" autocomplete="off" spellcheck="false"></label>
            <label class="field">Rule <select name="rule"><option value="">all</option>
            """);
        foreach (var (rule, count, _, _) in content.Rules.Where(rule => rule.Count > 0).OrderBy(rule => rule.Rule.Id, StringComparer.Ordinal))
        {
            page.Write($"""<option value="{rule.Id}">{rule.Id} {rule.Title} ({Words.Number(count)})</option>""");
        }

        page.Write($"</select></label>\n<fieldset><legend>Show</legend>\n");
        foreach (var severity in (FindingSeverity[])[FindingSeverity.Error, FindingSeverity.Warning, FindingSeverity.Info])
        {
            if (content.CountOf(severity) > 0)
            {
                page.Write($"""<label><input type="checkbox" name="severity" value="{Words.Of(severity)}" checked> {Words.Of(severity)}</label>{"\n"}""");
            }
        }

        if (content.HasBaseline)
        {
            page.Write($"""<label><input type="checkbox" name="known" checked> known</label>{"\n"}""");
        }

        page.Write($"</fieldset>\n<fieldset><legend>Only</legend>\n");
        if (content.Measured.Count > 0)
        {
            page.Write($"""<label><input type="checkbox" name="measured"> measured</label>{"\n"}""");
        }

        page.Write(
            $"""
            <label><input type="checkbox" name="fixable"> fixable</label>
            </fieldset>
            <p class="buttons"><button type="reset">Reset</button> <button type="button" data-open="false">Collapse all</button> <button type="button" data-open="true">Expand all</button></p>
            <output id="shown" role="status"></output>
            </form>

            """);
    }
}
