using Spectre.Console;

namespace Hardening.Cli.Diagnosis;

/// <summary>Tells people what was found: problems first, each with why it matters and the command that mends it.</summary>
internal static class DoctorReport
{
    private const string Indent = "        ";
    private const int NoWrap = 10_000; // a command that is broken into lines cannot be copied: the terminal wraps it

    public static void Write(IReadOnlyList<Examined> results, IAnsiConsole console)
    {
        console.Profile.Width = NoWrap;
        foreach (var problem in results.Where(result => result.Verdict is Verdict.Failed or Verdict.Warned))
        {
            console.MarkupLine($"{Mark(problem.Verdict)}  {Bold(Name(problem))}: {Safe(problem.Found)}");
            Line(console, "wanted", problem.Wanted);
            Line(console, "why", problem.Why);
            foreach (var command in problem.Remedy?.Now.Split('\n') ?? [])
            {
                Line(console, "now", command);
            }

            Line(console, "kept", problem.Remedy?.Kept);
        }

        var rest = results.Where(result => result.Verdict is Verdict.Unknown or Verdict.Passed).ToList();
        var width = rest.Select(result => Name(result).Length).DefaultIfEmpty().Max();
        foreach (var result in rest)
        {
            console.MarkupLine($"{Mark(result.Verdict)}  {Safe(Name(result).PadRight(width))}  {Safe(result.Found)}");
        }

        console.WriteLine(Sum(results));
    }

    /// <summary>The last line.</summary>
    public static string Sum(IReadOnlyList<Examined> results)
    {
        var isMendable = results.Any(result => result.Remedy is { Now: [not '#', ..] });
        return $"{Of(Verdict.Failed)} failed, {Of(Verdict.Warned)} to look at, {Of(Verdict.Unknown)} not known, {Of(Verdict.Passed)} passed."
            + (isMendable ? " 'harden doctor --fix' prints the commands as a script." : "");

        int Of(Verdict verdict) => results.Count(result => result.Verdict == verdict);
    }

    private static string Name(Examined result) => result.Of is { } of ? $"{result.Check} {of}" : result.Check;

    private static void Line(IAnsiConsole console, string name, string? text)
    {
        if (text is { Length: > 0 })
        {
            console.MarkupLine($"{Indent}[grey]{name,-6}[/]  {Safe(text)}");
        }
    }

    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Failed => "[red]FAILED[/]",
        Verdict.Warned => "[yellow]look  [/]",
        Verdict.Unknown => "[grey]?     [/]",
        _ => "[green]ok    [/]",
    };

    private static string Bold(string text) => $"[bold]{Safe(text)}[/]";

    // What comes from a host may have anything in it.
    private static string Safe(string text) => Markup.Escape(string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)));
}
