namespace Hardening.Cli.Scanning.Reporting.Html;

/// <summary>The source lines around a finding, with what it is about marked.</summary>
internal static class SnippetBlock
{
    /// <summary>A longer line, as in generated code, is cut: around the mark, or at its end.</summary>
    private const int LineLimit = 400;

    private const int BeforeMark = 80;

    public static void Write(HtmlPage page, Finding finding)
    {
        if (finding.Snippet.Count == 0)
        {
            return;
        }

        page.Write($"<pre><code>");
        foreach (var (index, line) in finding.Snippet.Index())
        {
            var number = finding.SnippetStart + index;
            var (start, end) = Marked(finding.Place, number, line);
            page.Write($"""<span class="line{(start < end ? " hit" : "")}" data-n="{number}">""");
            WriteLine(page, line, start, end);
            page.Write($"\n</span>");
        }

        page.Write($"</code></pre>\n");
    }

    private static void WriteLine(HtmlPage page, string line, int start, int end)
    {
        var first = line.Length <= LineLimit ? 0 : Math.Clamp(start - BeforeMark, 0, line.Length - LineLimit);
        var last = Math.Min(line.Length, first + LineLimit);
        (start, end) = (Math.Clamp(start, first, last), Math.Clamp(end, first, last));
        page.Write($"{(first > 0 ? "…" : "")}{line[first..start]}");
        if (start < end)
        {
            page.Write($"<mark>{line[start..end]}</mark>");
        }

        page.Write($"{line[end..last]}{(last < line.Length ? "…" : "")}");
    }

    /// <summary>From where to where a line is marked; nothing where both are the same.</summary>
    private static (int Start, int End) Marked(FindingPlace place, int number, string line)
    {
        if (number < place.StartLine || number > place.EndLine)
        {
            return (0, 0);
        }

        var indent = line.Length - line.TrimStart().Length;
        var start = number == place.StartLine ? place.StartColumn - 1 : indent;
        var end = number == place.EndLine ? place.EndColumn - 1 : line.TrimEnd().Length;
        return (Math.Clamp(start, 0, line.Length), Math.Clamp(end, 0, line.Length));
    }
}
