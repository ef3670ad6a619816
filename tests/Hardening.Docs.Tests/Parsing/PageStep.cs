namespace Hardening.Docs.Tests.Parsing;

/// <summary>What a reader of a page does next.</summary>
/// <param name="Line">Of the first line of the block, from 1.</param>
/// <param name="Text">The lines of the block, each with its end.</param>
internal abstract record PageStep(int Line, string Text);

/// <summary>Writes a file, whole.</summary>
/// <param name="Path">From the directory that the commands are in by then.</param>
internal sealed record FileStep(int Line, string Text, string Path) : PageStep(Line, Text);

/// <summary>Runs commands.</summary>
/// <param name="ExitCode">Of the last of them; another than 0 is said by the page.</param>
internal sealed record ShellStep(int Line, string Text, int ExitCode) : PageStep(Line, Text)
{
    /// <summary>What the page says that they write; null where it says nothing.</summary>
    public SaidOutput? Output { get; init; }
}

/// <summary>The output that a page says.</summary>
/// <param name="AnyFigures">Numbers stand for any number.</param>
internal sealed record SaidOutput(int Line, string Text, bool AnyFigures);
