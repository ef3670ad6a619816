using System.Globalization;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Evidence;

/// <summary>A statement, and what all reports together measured at it.</summary>
internal sealed class MeasuredStatement
{
    private const int MaxText = 60;

    private MeasuredStatement(SyntaxNode statement, IReadOnlyList<(EvidenceSource Source, EvidenceMention Mention)> mentions)
    {
        var reports = mentions.Select(one => one.Source.Report).Distinct().ToList();
        var (seconds, worst, last) = (reports.Sum(report => report.Seconds), reports.Max(report => report.Seconds), reports.Max(report => report.StartedAt));
        var newest = mentions.OrderByDescending(one => one.Source.Report.StartedAt).First().Mention.Place;
        var deed = mentions.GroupBy(one => one.Mention.Role)
            .Select(role => (Role: role.Key, Threads: role.Max(one => one.Mention.Threads), Seconds: role.Select(one => one.Source.Report).Distinct().Sum(report => report.Seconds)))
            .OrderByDescending(role => role.Seconds).ThenBy(role => role.Role).First();
        Location = HeadOf(statement);
        Text = TextOf(Location);
        Member = StackName.Short(newest.Method);
        Reports = reports.Count == 1 ? "a stall report" : $"{Number(reports.Count)} stall reports";
        Deed = EvidenceRoles.Say(deed.Role, deed.Threads);
        var day = last == default ? null : (reports.Count == 1 ? "" : "last ") + last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var moved = newest.Line > 0 && !IsAt(statement, newest.Line) ? $"moved from line {Number(newest.Line)}" : null;
        var notes = string.Join(", ", new[] { day, moved }.OfType<string>());
        Time = (reports.Count == 1 ? Seconds(seconds) : $"{Seconds(seconds)} in all, {Seconds(worst)} at worst") + (notes.Length > 0 ? $" ({notes})" : "");
        Properties = ImmutableDictionary<string, string?>.Empty
            .Add("evidence", reports.Count == 1 ? $"{Seconds(seconds)} in a stall" : $"{Seconds(seconds)} in {Number(reports.Count)} stalls")
            .Add("reports", Number(reports.Count))
            .Add("seconds", seconds.ToString("R", CultureInfo.InvariantCulture))
            .Add("places", string.Join("\n", mentions.Select(one => EvidenceKeys.Of(one.Mention.Place)).Distinct().OrderBy(key => key, StringComparer.Ordinal)));
    }

    public Location Location { get; }

    public string Text { get; }

    public string Member { get; }

    /// <summary>Such as <c>31 stall reports</c>.</summary>
    public string Reports { get; }

    /// <summary>What it did in most of the time.</summary>
    public string Deed { get; }

    public string Time { get; }

    /// <summary>For tools: what was measured in short, and the places of the reports that are found in it.</summary>
    public ImmutableDictionary<string, string?> Properties { get; }

    public static MeasuredStatement Of(SyntaxNode statement, IEnumerable<(EvidenceSource Source, EvidenceMention Mention)> mentions) => new(statement, [.. mentions]);

    // The line that symbols have for it may be that of the statement around it, and some lines on where that is long.
    private static bool IsAt(SyntaxNode node, int line)
    {
        var statement = node.FirstAncestorOrSelf<StatementSyntax>() is { } owner and not BlockSyntax ? owner : node;
        return StackFunction.LineOf(statement) <= line && node.SyntaxTree.GetLineSpan(node.Span).EndLinePosition.Line + 1 >= line;
    }

    private static Location HeadOf(SyntaxNode node)
    {
        var span = node switch
        {
            LockStatementSyntax held => TextSpan.FromBounds(held.SpanStart, held.CloseParenToken.Span.End),
            UsingStatementSyntax used => TextSpan.FromBounds(used.SpanStart, used.CloseParenToken.Span.End),
            CommonForEachStatementSyntax loop => TextSpan.FromBounds(loop.SpanStart, loop.CloseParenToken.Span.End),
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } when !IsOnOneLine(access.Span) => access.Name.Span,
            InvocationExpressionSyntax call => call.Expression.Span,
            _ => node.Span,
        };
        var text = node.SyntaxTree.GetText();
        var line = text.Lines.GetLineFromPosition(span.Start);
        return Location.Create(node.SyntaxTree, IsOnOneLine(span) ? span : TextSpan.FromBounds(span.Start, Math.Max(span.Start, line.Start + line.ToString().TrimEnd().Length)));

        bool IsOnOneLine(TextSpan part)
        {
            var lines = node.SyntaxTree.GetLineSpan(part);
            return lines.StartLinePosition.Line == lines.EndLinePosition.Line;
        }
    }

    private static string TextOf(Location location)
    {
        var text = location.SourceTree!.GetText().ToString(location.SourceSpan).TrimEnd(' ', '{', ';');
        return text.Length <= MaxText ? text : text.Substring(0, MaxText - 1) + "…";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double seconds) => seconds >= 0.1 || seconds == 0 ? seconds.ToString("#,0.0", CultureInfo.InvariantCulture) + " s" : (seconds * 1000).ToString("0", CultureInfo.InvariantCulture) + " ms";
}
