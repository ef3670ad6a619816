using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>A span that is reported; the id is null when any id of the rule will do.</summary>
internal sealed record Mark(string? Id, TextSpan Span);

internal sealed record MarkedFile(string Name, string Text, ImmutableArray<Mark> Marks);

/// <summary>
/// Source text with what must be reported in it: <c>[|…|]</c> for the rule under test, <c>{|HRD1001:…|}</c> for a rule by id.
/// Marks nest. A line <c>// === Other.cs ===</c> begins a further file.
/// </summary>
internal static partial class Markup
{
    private const string FirstFile = "Test.cs";

    public static ImmutableArray<MarkedFile> Parse(string markup)
    {
        var files = ImmutableArray.CreateBuilder<MarkedFile>();
        var (name, start) = (FirstFile, 0);
        foreach (Match next in FileLine().Matches(markup))
        {
            if (next.Index > 0)
            {
                files.Add(ParseFile(name, markup[start..next.Index]));
            }

            (name, start) = (next.Groups["name"].Value, next.Index + next.Length);
        }

        files.Add(ParseFile(name, markup[start..]));
        return files.ToImmutable();
    }

    /// <summary>The inverse of <see cref="Parse"/>.</summary>
    public static string Render(IEnumerable<MarkedFile> files) =>
        string.Concat(files.Select((file, index) => (index == 0 && file.Name == FirstFile ? "" : $"// === {file.Name} ===\n") + RenderFile(file)));

    private static MarkedFile ParseFile(string name, string markup)
    {
        var text = new StringBuilder();
        var marks = new List<Mark>();
        var open = new Stack<(string? Id, int Start, Match Token)>();
        var position = 0;
        foreach (Match token in Token().Matches(markup))
        {
            text.Append(markup, position, token.Index - position);
            position = token.Index + token.Length;
            if (token.Value is not ("|]" or "|}"))
            {
                open.Push((token.Groups["id"] is { Success: true, Value: var id } ? id : null, text.Length, token));
            }
            else if (open.TryPop(out var opened) && (opened.Id is null) == (token.Value == "|]"))
            {
                marks.Add(new Mark(opened.Id, TextSpan.FromBounds(opened.Start, text.Length)));
            }
            else
            {
                throw Unbalanced(token, "closes what is not open");
            }
        }

        if (open.TryPop(out var left))
        {
            throw Unbalanced(left.Token, "is never closed");
        }

        text.Append(markup, position, markup.Length - position);
        return new MarkedFile(name, text.ToString(), [.. marks.OrderBy(mark => mark.Span.Start).ThenByDescending(mark => mark.Span.End)]);

        VerificationException Unbalanced(Match token, string what) =>
            new($"unbalanced mark in {name}, line {markup.AsSpan(0, token.Index).Count('\n') + 1}: '{token.Value}' {what}");
    }

    private static string RenderFile(MarkedFile file)
    {
        var text = file.Text;
        // From the end, so that earlier positions stay true; at one position a mark that ends is written before one that begins.
        var insertions = file.Marks
            .SelectMany((mark, index) => new[]
            {
                (At: mark.Span.End, Order: -index, Text: mark.Id is null ? "|]" : "|}"),
                (At: mark.Span.Start, Order: mark.Span.IsEmpty ? -index - 0.5 : index + 1, Text: mark.Id is null ? "[|" : $"{{|{mark.Id}:"),
            })
            .OrderByDescending(insertion => insertion.At).ThenByDescending(insertion => insertion.Order);
        foreach (var (at, _, inserted) in insertions)
        {
            text = text.Insert(at, inserted);
        }

        return text;
    }

    [GeneratedRegex(@"\[\||\{\|(?<id>[A-Z]+[0-9]+):|\|\]|\|\}")]
    private static partial Regex Token();

    [GeneratedRegex(@"^// === (?<name>\S+\.cs) ===\n", RegexOptions.Multiline)]
    private static partial Regex FileLine();
}
