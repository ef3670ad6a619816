using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Waits for the end right after the kill, for five seconds at most.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3009UsedTooSoonAfterKillCodeFix : OneByOneCodeFix
{
    private const string Title = "Wait after the kill, five seconds at most";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3009UsedTooSoonAfterKillAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        if (KillBefore(reported, root, model, cancellationToken) is { } kill
            && WaitEdits.Process(kill) is { } process
            && kill.Syntax.FirstAncestorOrSelf<StatementSyntax>() is ExpressionStatementSyntax statement
            && Wait(kill, process, statement, model) is { } wait)
        {
            var waited = statement.Parent is BlockSyntax or GlobalStatementSyntax
                ? Scopes.InsertAfter(root, statement, [wait])
                : InBlock(root, statement, wait);
            yield return new Edit(Title, Title, waited);
        }
    }

    private static IInvocationOperation? KillBefore(SyntaxNode reported, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        var facts = CompilationFacts.Of(model.Compilation, new Microsoft.CodeAnalysis.Diagnostics.AnalyzerOptions([]));
        if (facts.Processes is not { } types)
        {
            return null;
        }

        foreach (var name in root.DescendantNodes().OfType<SimpleNameSyntax>().Where(name => name.Identifier.ValueText == "Kill"))
        {
            if (name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
                && model.GetOperation(call, cancellationToken) is IInvocationOperation kill
                && Callers.MemberOf(kill) is { } member
                && KilledChild.Of(kill, types, facts)?.UsedTooSoon(member)?.Syntax is { } use
                && use.SyntaxTree == root.SyntaxTree
                && use.Span.Contains(reported.Span))
            {
                return kill;
            }
        }

        return null;
    }

    // Where code is async a wait must not hold the thread.
    private static string? Wait(IInvocationOperation kill, ExpressionSyntax process, StatementSyntax statement, SemanticModel model)
    {
        var isConditional = kill.Syntax.Parent is ConditionalAccessExpressionSyntax;
        if (!Awaits.IsAsync(Awaits.FunctionAround(statement)))
        {
            return $"{process}{(isConditional ? "?" : "")}.WaitForExit(5000);";
        }

        var hasWait = model.Compilation.GetTypeByMetadataName("System.Threading.Tasks.Task")?.GetMembers("WaitAsync").IsEmpty == false
            && !kill.TargetMethod.ContainingType.GetMembers("WaitForExitAsync").IsEmpty;
        return !isConditional && hasWait && Awaits.IsAllowedAt(kill.Syntax, model)
            ? $"await {process}.WaitForExitAsync().WaitAsync({WaitEdits.Name("System.TimeSpan", statement, model)}.FromSeconds(5));"
            : null;
    }

    private static SyntaxNode InBlock(SyntaxNode root, ExpressionStatementSyntax statement, string wait)
    {
        var lineEnd = Scopes.LineEnd(root);
        var block = SyntaxFactory.Block(
                SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(lineEnd),
                [statement, SyntaxFactory.ParseStatement(wait).WithTrailingTrivia(lineEnd)],
                SyntaxFactory.Token(SyntaxKind.CloseBraceToken))
            .WithTrailingTrivia(lineEnd)
            .WithAdditionalAnnotations(Formatter.Annotation);
        return root.ReplaceNode(statement, block);
    }
}
