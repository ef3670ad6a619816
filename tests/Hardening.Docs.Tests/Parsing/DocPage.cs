using System.Globalization;
using System.Text.RegularExpressions;

namespace Hardening.Docs.Tests.Parsing;

/// <summary>
/// A page that is followed from top to bottom. Blocks of <c>sh</c> are commands; a block of <c>text</c> right after one is its output; any other block that names a language
/// is a file, whose path ends the line of text before it: "`Program.cs`:". Words after the language: <c>by-hand</c> (shown only), <c>exits N</c> (the exit code of the
/// commands), <c>figures</c> (each number of the output stands for any).
/// </summary>
internal sealed partial class DocPage
{
    private const string ByHand = "by-hand";
    private const string RepositoryMark = "<!-- runs in the repository -->";

    private DocPage(string name, bool runsInRepository, IReadOnlyList<PageStep> steps) => (Name, RunsInRepository, Steps) = (name, runsInRepository, steps);

    /// <summary>Its path in the repository.</summary>
    public string Name { get; }

    /// <summary>Its commands begin at the root of the repository, and otherwise in an empty folder.</summary>
    public bool RunsInRepository { get; }

    /// <summary>In the order of the page.</summary>
    public IReadOnlyList<PageStep> Steps { get; }

    /// <summary>Reads a page of the repository.</summary>
    public static DocPage Read(string path) => Parse(path, File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, path)));

    /// <summary>Takes the text of a page apart.</summary>
    /// <exception cref="PageException">A block is not closed, or nothing says what it is for.</exception>
    public static DocPage Parse(string name, string text)
    {
        var lines = text.Split('\n');
        var steps = new List<PageStep>();
        PageStep? last = null; // the block before, if it was a step
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            var end = Array.FindIndex(lines, i + 1, line => line.Trim() == "```");
            if (end < 0)
            {
                throw new PageException(name, i + 1, "The block that begins here has no end.");
            }

            var indent = fence.Groups["indent"].Length;
            var content = string.Concat(lines[(i + 1)..end].Select(line => line[Math.Min(indent, line.Length - line.TrimStart().Length)..] + "\n"));
            var words = fence.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["text", .. var options])
            {
                if (last is ShellStep shell && !options.Contains(ByHand))
                {
                    steps[^1] = shell with { Output = new SaidOutput(i + 2, content, options.Contains("figures")) };
                }

                last = null;
            }
            else if (words.Length > 0)
            {
                last = words.Contains(ByHand) ? null : words[0] == "sh" ? Commands(name, i + 2, content, words[1..]) : new FileStep(i + 2, content, PathBefore(name, lines, i));
                if (last is not null)
                {
                    steps.Add(last);
                }
            }

            i = end;
        }

        return new DocPage(name, lines[0].Trim() == RepositoryMark, steps);
    }

    private static ShellStep Commands(string name, int line, string content, string[] options) => options switch
    {
        [] => new ShellStep(line, content, ExitCode: 0),
        ["exits", var code] when byte.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var exit) => new ShellStep(line, content, exit),
        _ => throw new PageException(name, line - 1, $"'{string.Join(' ', options)}' means nothing after sh: '{ByHand}' and 'exits N' do."),
    };

    // The last line of text before the block.
    private static string PathBefore(string name, string[] lines, int fence)
    {
        var before = lines[..fence].LastOrDefault(line => line.Trim().Length > 0) ?? "";
        if (PathAtEnd().Match(before) is not { Success: true } match)
        {
            throw new PageException(name, fence + 1, $"Nothing says which file this block is: the line of text before it ends with a path in backticks and a colon, or the block is '{ByHand}'.");
        }

        var path = match.Groups["path"].Value;
        return !Path.IsPathRooted(path) && !path.Split('/').Contains("..") ? path : throw new PageException(name, fence + 1, $"'{path}' leads out of the directory that the commands are in.");
    }

    [GeneratedRegex("^(?<indent> *)```(?<words>[^`]*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"`(?<path>[^`\s]+)`:\s*$")]
    private static partial Regex PathAtEnd();
}
