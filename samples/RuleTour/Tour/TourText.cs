using Spectre.Console;

namespace RuleTour.Tour;

/// <summary>Writes the tour. Lines are not wrapped: a path and its line number stay in one piece.</summary>
/// <param name="console">Where it is written; colours are left out where it has none.</param>
/// <param name="folder">Paths under this folder are shown relative to it.</param>
internal sealed class TourText(IAnsiConsole console, string folder)
{
    /// <summary>All rules, by subject.</summary>
    public void WriteAll(IReadOnlyList<TourStop> stops)
    {
        foreach (var subject in stops.GroupBy(stop => stop.Subject))
        {
            Line($"[bold underline]{Markup.Escape(subject.Key)}[/]");
            foreach (var stop in subject)
            {
                Line("");
                Line($"[bold]{stop.Id}[/] {Markup.Escape(stop.Title)}");
                foreach (var finding in stop.Findings)
                {
                    Line($"  [blue]{Markup.Escape(Place(finding))}[/]: {Markup.Escape(finding.Message)}");
                }

                Line($"  [grey]{RulePages.PathOf(stop.Id)}, {Fix(stop)}[/]");
            }

            Line("");
        }

        Line($"{stops.Count} rules, {stops.Count(stop => RulePages.HasFix(stop.Id))} of them with a fix. One of them with its source: dotnet run --project samples/RuleTour -- {stops[0].Id}");
    }

    /// <summary>One rule, with its sources and the page's reason.</summary>
    public void WriteOne(TourStop stop)
    {
        Line($"[bold]{stop.Id}[/] {Markup.Escape(stop.Title)} ({Markup.Escape(stop.Subject)}, {Fix(stop)})");
        foreach (var file in stop.Findings.GroupBy(finding => finding.Path))
        {
            var said = file.ToLookup(finding => finding.Line, finding => finding.Message);
            Line("");
            Line($"[blue]{Markup.Escape(Path.GetRelativePath(folder, file.Key))}[/]");
            foreach (var (index, text) in File.ReadLines(file.Key).Index())
            {
                var number = index + 1;
                Line($"{(said.Contains(number) ? "[yellow]>[/]" : " ")} {number,3}  {Markup.Escape(text)}");
                foreach (var message in said[number])
                {
                    Line($"       [yellow]{Markup.Escape(new string(' ', text.Length - text.TrimStart().Length))}^ {Markup.Escape(message)}[/]");
                }
            }
        }

        Line("");
        Line("[bold]Why[/]");
        Line("");
        Line(Markup.Escape(RulePages.Section(stop.Id, "Why")));
        Line("");
        Line($"[grey]More: {RulePages.PathOf(stop.Id)}[/]");
    }

    private static string Fix(TourStop stop) => RulePages.HasFix(stop.Id) ? $"harden fix --rule {stop.Id}" : "no fix";

    private string Place(Finding finding) => $"{Path.GetRelativePath(folder, finding.Path)}:{finding.Line}";

    private void Line(string markup) => console.MarkupLine(markup);
}
