using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>Moves the release into a finally that follows the wait, or the wait before the try whose finally releases.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1011SemaphoreNotReleasedCodeFix : OneByOneCodeFix
{
    private const string Id = HRD1011SemaphoreNotReleasedAnalyzer.Id;

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var calls = new LockCalls(model.Compilation, new LockRegions(model.Compilation, new CallGraph(model.Compilation), withSemaphores: true));
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || model.GetOperation(call, cancellationToken) is not { } operation
            || calls.Of(operation) is not { } taken)
        {
            yield break;
        }

        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        if (HRD1011SemaphoreNotReleasedAnalyzer.TryAround(taken, calls) is { Syntax: TryStatementSyntax tries })
        {
            if (Before(tries, call, root) is { } moved)
            {
                yield return new Edit("Wait before the try", Id, moved);
            }
        }
        else if (Held(taken, calls, model) is { } held && held.ReleaseInFinally() is { } released)
        {
            yield return new Edit("Release in a finally", Id, root.ReplaceNode(held.Block, released));
        }
    }

    private static LockedStatements? Held(LockCall taken, LockCalls calls, SemanticModel model)
    {
        if (HRD1011SemaphoreNotReleasedAnalyzer.ReleaseInLambda(taken, calls) is not { } release)
        {
            return LockedStatements.After(taken, calls, model);
        }

        var body = release.Call.Function().Syntax switch
        {
            AnonymousFunctionExpressionSyntax lambda => lambda.Block,
            LocalFunctionStatementSyntax local => local.Body,
            _ => null,
        };
        return body is null ? null : LockedStatements.From(body, release, calls, model);
    }

    // A handler of the try would no longer see what the wait throws, so there must be none.
    private static SyntaxNode? Before(TryStatementSyntax tries, SyntaxNode call, SyntaxNode root)
    {
        if (tries is not { Catches.Count: 0, Parent: BlockSyntax block, Block.Statements: { Count: > 1 } statements }
            || !statements[0].Span.Contains(call.Span)
            || statements[0] is not (ExpressionStatementSyntax or IfStatementSyntax { Else: null }))
        {
            return null;
        }

        var wait = statements[0].WithLeadingTrivia(tries.GetLeadingTrivia().AddRange(Comments(statements[0].GetLeadingTrivia()))).WithAdditionalAnnotations(Formatter.Annotation);
        var indentation = tries.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia));
        var rest = statements.RemoveAt(0);
        rest = rest.Replace(rest[0], rest[0].WithLeadingTrivia(rest[0].GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia))));
        var left = tries.WithBlock(tries.Block.WithStatements(rest)).WithLeadingTrivia(indentation);
        var index = block.Statements.IndexOf(tries);
        return root.ReplaceNode(block, block.WithStatements(block.Statements.Replace(tries, left).Insert(index, wait)));
    }

    private static IEnumerable<SyntaxTrivia> Comments(SyntaxTriviaList trivia) =>
        trivia.Any(SyntaxKind.SingleLineCommentTrivia) || trivia.Any(SyntaxKind.MultiLineCommentTrivia) ? trivia.SkipWhile(each => each.IsKind(SyntaxKind.WhitespaceTrivia)) : [];
}
