using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>Repeats the check as the first thing in the lock. What is published too early must be finished by its author.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1013DoubleCheckBrokenCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1013DoubleCheckBrokenAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        // A copy in a local would be asked a second time, not the field; and a name can be declared but once.
        if (reported.FirstAncestorOrSelf<LockStatementSyntax>() is not { } locking
            || model.GetOperation(locking, cancellationToken) is not ILockOperation scope
            || FirstCheck.Of(scope) is not { } check
            || !check.Asked.DescendantsAndSelf().Any(operation => check.IsMember(operation))
            || check.Asked.Syntax.DescendantNodes().Any(node => node is SingleVariableDesignationSyntax)
            || check.Question.Syntax is not IfStatementSyntax question
            || IsAskedIn(scope, check))
        {
            yield break;
        }

        var statements = locking.Statement is BlockSyntax block ? block.Statements : SyntaxFactory.SingletonList(locking.Statement);
        var rewritten = check.IsEarlyReturn ? ReturnEarly(statements, question) : Wrap(statements, (ExpressionSyntax)check.Asked.Syntax);
        if (rewritten is { } body)
        {
            var inside = locking.Statement is BlockSyntax old
                ? old.WithStatements(body)
                : SyntaxFactory.Block(body).WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd(locking)));
            yield return new Edit(
                "Check again in the lock", HRD1013DoubleCheckBrokenAnalyzer.Id,
                reported.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(locking, locking.WithStatement(inside).WithAdditionalAnnotations(Formatter.Annotation)));
        }
    }

    // Then it was not the missing check that was reported.
    private static bool IsAskedIn(ILockOperation scope, FirstCheck check) => scope.Body.DescendantsInFunction().Any(operation =>
        operation is IConditionalOperation or ICoalesceAssignmentOperation or ICoalesceOperation or ILoopOperation or ISwitchOperation && operation.Descendants().Any(check.IsMember));

    private static SyntaxList<StatementSyntax>? ReturnEarly(SyntaxList<StatementSyntax> statements, IfStatementSyntax question)
    {
        var answer = question.Statement is BlockSyntax { Statements: { Count: 1 } only } ? only[0] : question.Statement;
        if (answer is not ReturnStatementSyntax { Expression: null or IdentifierNameSyntax or MemberAccessExpressionSyntax })
        {
            return null;
        }

        var again = SyntaxFactory.IfStatement(question.Condition.WithoutTrivia(), SyntaxFactory.Block(answer.WithoutTrivia()))
            .WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd(question)), SyntaxFactory.EndOfLine(LineEnd(question)));
        return statements.Insert(0, again);
    }

    private static SyntaxList<StatementSyntax>? Wrap(SyntaxList<StatementSyntax> statements, ExpressionSyntax asked)
    {
        // A value that is returned last is there either way.
        var wrapped = statements.TakeWhile(statement => statement is not ReturnStatementSyntax).ToList();
        var rest = statements.Skip(wrapped.Count).ToList();
        if (wrapped.Count == 0
            || rest.Count > 1
            || wrapped.Exists(statement => statement.DescendantNodes(node => node is not AnonymousFunctionExpressionSyntax).Any(node => node is ReturnStatementSyntax))
            || rest.Exists(statement => Declared(wrapped).Overlaps(statement.DescendantTokens().Select(token => token.ValueText))))
        {
            return null;
        }

        var again = SyntaxFactory.IfStatement(asked.WithoutTrivia(), SyntaxFactory.Block(wrapped)).WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd(asked)));
        return SyntaxFactory.List(rest.Prepend(again));
    }

    private static HashSet<string> Declared(List<StatementSyntax> statements) =>
        [.. statements.SelectMany(statement => statement.DescendantNodes()).Select(node => node switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            SingleVariableDesignationSyntax variable => variable.Identifier.ValueText,
            _ => "",
        })];

    private static string LineEnd(SyntaxNode node) => node.SyntaxTree.GetText().ToString().Contains("\r\n") ? "\r\n" : "\n";
}
