using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>Makes <c>if (…) { Monitor.Wait(gate); }</c> a <c>while</c>. For the other misuses the author must choose another lock.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1012LockMisusedCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1012LockMisusedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        // With a limit, a loop would wait again and again: how long in all is the author's decision.
        if (reported.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { Parent: ExpressionStatementSyntax statement } call
            || model.GetOperation(call, cancellationToken) is not IInvocationOperation { TargetMethod.Name: "Wait" } wait
            || PulseWaits.HasLimit(wait)
            || If(statement) is not { Else: null } question
            || question.Statement.DescendantNodes().Any(node => node is BreakStatementSyntax or ContinueStatementSyntax))
        {
            yield break;
        }

        var loop = SyntaxFactory.WhileStatement(
            SyntaxFactory.Token(SyntaxKind.WhileKeyword).WithTriviaFrom(question.IfKeyword),
            question.OpenParenToken,
            question.Condition,
            question.CloseParenToken,
            question.Statement);
        yield return new Edit("Ask again after the wait", HRD1012LockMisusedAnalyzer.Id, reported.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(question, loop));
    }

    private static IfStatementSyntax? If(StatementSyntax statement) =>
        (statement.Parent is BlockSyntax block ? block.Parent : statement.Parent) as IfStatementSyntax;
}
