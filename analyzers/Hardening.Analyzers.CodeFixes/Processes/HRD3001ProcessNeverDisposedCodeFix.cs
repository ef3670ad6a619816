using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Disposes the Process at the end of its block. Disposing frees the handle; it does not end the child.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3001ProcessNeverDisposedCodeFix : OneByOneCodeFix
{
    private const string Title = "Dispose the Process with 'using'";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD3001ProcessNeverDisposedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (ProcessTypes.Of(model.Compilation) is not { } types || model.GetOperation(reported, cancellationToken) is not { } created
            || created is IInvocationOperation call && types.Ownership.OutOf(call) is not null)
        {
            yield break;
        }

        foreach (var edit in InPlace(reported, created, types, model, cancellationToken))
        {
            yield return edit;
        }

        if (SupervisedMove.Of(created, model, types, cancellationToken) is var (title, moved))
        {
            yield return new Edit(title, SupervisedMove.Key, moved);
        }
    }

    private static IEnumerable<Edit> InPlace(SyntaxNode reported, IOperation created, ProcessTypes types, SemanticModel model, CancellationToken cancellationToken)
    {
        var root = reported.SyntaxTree.GetRoot(cancellationToken);
        var holding = types.Ownership.Follow(created);
        if (!holding.IsLost || !Scopes.EndsInItsBlock(created, holding, types.IsProcess))
        {
            yield break;
        }

        var fixedRoot = created.Type is IArrayTypeSymbol
            ? Scopes.UseEachElement(created, holding, root)
            : holding.Fate == Fate.Kept ? Scopes.DeclareUsing(reported, holding, root) : UseInPlace(created, holding, root, model);
        if (fixedRoot is not null)
        {
            yield return new Edit(Title, Title, fixedRoot);
        }
    }

    private static SyntaxNode? UseInPlace(IOperation created, Holding holding, SyntaxNode root, SemanticModel model)
    {
        var expression = (ExpressionSyntax)(created.Parent is IAwaitOperation awaited ? awaited : created).Syntax;
        if (holding.Uses.Count > 0)
        {
            return Scopes.DeclareBefore(root, model, _ => "process", expression);
        }

        if (expression.FirstAncestorOrSelf<StatementSyntax>() is not ExpressionStatementSyntax statement || expression.Ancestors().TakeWhile(node => node != statement).Any(node => node is AnonymousFunctionExpressionSyntax))
        {
            return null;
        }

        var used = (UsingStatementSyntax)SyntaxFactory.ParseStatement("using (x) { }");
        return root.ReplaceNode(statement, used.ReplaceNode(used.Expression!, expression.WithoutTrivia()).WithTriviaFrom(statement));
    }
}
