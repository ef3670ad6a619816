namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>What a browser is told before the page begins: above all that it loads nothing, and runs nothing but our own.</summary>
internal static class ReportHead
{
    private const string Icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23134e6f'/%3E%3Cpath d='M4 3v10M12 3v10M4 8h8' stroke='white' stroke-width='2' stroke-linecap='round'/%3E%3C/svg%3E";

    public static void Write(HtmlPage page, ReportContent content)
    {
        var policy = $"default-src 'none'; style-src '{Asset.Style.Hash}'; script-src '{Asset.Script.Hash}'; img-src data:; base-uri 'none'; form-action 'none'";
        page.Write(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{policy}">
            <meta name="referrer" content="no-referrer">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="harden {content.Scan.ToolVersion}">
            <title>{Words.Count(content.Scan.Findings.Count, "finding")} in {content.Scan.Target}</title>
            <link rel="icon" href="{Icon}">
            <style>
            """);
        page.WriteAsset(Asset.Style);
        page.Write(
            $"""
            </style>
            </head>
            <body>
            <a class="skip" href="#findings">Skip to the findings</a>
            <svg class="symbols" aria-hidden="true"><symbol id="clock" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5"/><path d="M8 4.5V8l2.5 1.5"/></symbol></svg>

            """);
    }

    public static void WriteEnd(HtmlPage page)
    {
        page.Write($"<script>");
        page.WriteAsset(Asset.Script);
        page.Write($"</script>\n</body>\n</html>\n");
    }
}
