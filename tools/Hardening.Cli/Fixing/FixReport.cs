using Spectre.Console;

namespace Hardening.Cli.Fixing;

/// <summary>Tells people what was done: what was not first, as that is left to them.</summary>
internal static class FixReport
{
    public static void Write(FixResult result, IAnsiConsole console)
    {
        console.Profile.Width = 10_000; // a line that is broken cannot be copied: the terminal wraps it
        if (result.Diff is { Length: > 0 } diff)
        {
            // As it is, without the terminal's colours: it may be given to git apply.
            console.Profile.Out.Writer.Write(diff);
            console.WriteLine();
        }

        foreach (var refused in result.Refused)
        {
            console.MarkupLine($"[red]not applied[/]  {Safe($"{string.Join(", ", refused.Rules)}  {refused.Project}: {refused.Why}")}");
        }

        foreach (var decision in result.Decisions)
        {
            console.MarkupLine($"[yellow]decide[/]       {Safe($"{decision.Rule}  {decision.Project}: {Findings(decision.Findings)}; one of")}");
            foreach (var variant in decision.Variants)
            {
                console.MarkupLine($"             {Safe($"--rule {decision.Rule} --variant {Diagnosis.Remedy.Quoted(variant.Key)}")}{Safe(variant.Key == variant.Title ? "" : $"  ({variant.Title})")}");
            }
        }

        foreach (var same in result.Applied.GroupBy(applied => (applied.Rule, applied.Title, applied.Project)))
        {
            var files = same.SelectMany(applied => applied.Files).Distinct(StringComparer.Ordinal).ToList();
            console.MarkupLine($"[green]{(result.IsDryRun ? "would fix" : "fixed    ")}[/]    {Safe($"{same.Key.Rule}  {same.Key.Project}: {same.Key.Title}: {Findings(same.Sum(applied => applied.Findings))} in {files.Count} {(files.Count == 1 ? "file" : "files")}, +{same.Sum(applied => applied.AddedLines)} -{same.Sum(applied => applied.RemovedLines)}")}");
        }

        foreach (var note in result.Notes)
        {
            console.MarkupLine($"[grey]note[/]         {Safe(note)}");
        }

        console.WriteLine(Sum(result));
    }

    private static string Sum(FixResult result)
    {
        var left = result.Left.Sum(left => left.Findings);
        return $"{Findings(result.Applied.Sum(applied => applied.Findings))} {(result.IsDryRun ? "would be fixed" : "fixed")} in {result.ChangedFiles.Count} {(result.ChangedFiles.Count == 1 ? "file" : "files")}, "
            + $"{result.Refused.Count} {(result.Refused.Count == 1 ? "fix" : "fixes")} not applied, {Findings(result.Decisions.Sum(decision => decision.Findings))} to decide on, {left} without a fix{(result.IsDryRun ? "; nothing was written" : "")}.";
    }

    private static string Findings(int count) => count == 1 ? "1 finding" : $"{count} findings";

    private static string Safe(string text) => Markup.Escape(string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)));
}
