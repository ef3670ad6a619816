using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Turns a loop that starts a thread per element, and the loop that joins them all right after it, into one parallel loop with a limit.
/// Threads that nobody joins stay: to wait for them would change what the method does.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2001ThreadPerItemCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2001ThreadPerItemAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ForkJoin.Around(reported, model, cancellationToken) is not { } shape
            || ParallelLoops.ElementType(shape.Loop, model) is not { } element
            || Body(shape, model, element) is not { } body)
        {
            yield break;
        }

        var method = "ForEach";
        var prefix = "";
        if (ParallelLoops.IsAwaitable(shape.Loop, model) && body.AsAsync is not null)
        {
            (method, prefix) = ("ForEachAsync", "await ");
        }

        const string Tasks = "global::System.Threading.Tasks";
        var parallel = SyntaxFactory.ParseStatement(
            $"{prefix}{Tasks}.Parallel.{method}({shape.Loop.Expression.WithoutTrivia()}, "
            + $"new {Tasks}.ParallelOptions {{ MaxDegreeOfParallelism = global::System.Environment.ProcessorCount }}, {(prefix.Length > 0 ? body.AsAsync : body.AsSync)});");
        var outer = (BlockSyntax)shape.Loop.Parent!;
        var statements = outer.Statements
            .Replace(shape.Join, parallel
                .WithLeadingTrivia(Leading(shape))
                .WithTrailingTrivia(shape.Join.GetTrailingTrivia())
                .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation))
            .RemoveAt(outer.Statements.IndexOf(shape.Loop))
            .RemoveAt(outer.Statements.IndexOf(shape.List));
        var root = outer.SyntaxTree.GetRoot(cancellationToken);
        yield return new Edit($"Use Parallel.{method} with a limit", HRD2001ThreadPerItemAnalyzer.Id, root.ReplaceNode(outer, outer.WithStatements(statements)));
    }

    private static Lambdas? Body(ForkJoin shape, SemanticModel model, ITypeSymbol element)
    {
        var item = shape.Loop.Identifier.Text;
        var token = TaskWork.TokenName(shape.Work);
        switch (shape.Work)
        {
            case AnonymousFunctionExpressionSyntax function
                when function.AsyncKeyword.IsKind(SyntaxKind.None) && ParallelLoops.HasNoParameters(function) && shape.Argument is null:
                if (model.GetOperation(function) is not IAnonymousFunctionOperation operation || ParallelLoops.WaitsForOthers(operation))
                {
                    return null;
                }

                return function.Body switch
                {
                    BlockSyntax block => new Lambdas(
                        $"{item} => {block.WithoutTrivia()}",
                        block.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
                            .Any(node => node is ReturnStatementSyntax)
                            ? null
                            : $"({item}, {token}) => {ParallelLoops.WithReturn(block)}"),
                    ExpressionSyntax expression => new Lambdas(
                        $"{item} => {expression.WithoutTrivia()}",
                        $"({item}, {token}) => {{\n{expression.WithoutTrivia()};\n{ParallelLoops.Done}\n}}"),
                    _ => null,
                };
            case IdentifierNameSyntax or MemberAccessExpressionSyntax
                when shape.Argument?.Expression is IdentifierNameSyntax { Identifier.Text: var given } && given == item && !element.IsRefLikeType:
                return new Lambdas(
                    $"{item} => {shape.Work.WithoutTrivia()}({item})",
                    $"({item}, {token}) => {{\n{shape.Work.WithoutTrivia()}({item});\n{ParallelLoops.Done}\n}}");
            default:
                return null;
        }
    }

    // Comments of what goes move before what comes.
    private static SyntaxTriviaList Leading(ForkJoin shape)
    {
        var comments = shape.List.GetTrailingTrivia()
            .Concat(shape.Loop.DescendantTrivia().Where(trivia => !shape.Work.Span.Contains(trivia.Span)))
            .Concat(shape.Join.GetLeadingTrivia())
            .Concat(shape.Join.DescendantTrivia().Where(trivia => shape.Join.Span.Contains(trivia.Span)))
            .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));
        var leading = shape.List.GetLeadingTrivia();
        return leading.AddRange(comments.SelectMany(comment => new[] { comment, SyntaxFactory.EndOfLine("\n") }));
    }

    private sealed class Lambdas(string asSync, string? asAsync)
    {
        public string AsSync { get; } = asSync;

        public string? AsAsync { get; } = asAsync;
    }
}
