using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>Ends the child where its owner ends: in its Dispose, in a finally or a catch of the method; or moves it to the runtime's process, which does.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD3002ChildOutlivesOwnerCodeFix : OneByOneCodeFix
{
    private const string Id = HRD3002ChildOutlivesOwnerAnalyzer.Id;

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var expression = reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);
        if (expression is null || ProcessTypes.Of(model.Compilation) is not { } types || model.GetOperation(expression, cancellationToken) is not { } created || !types.IsMade(created))
        {
            yield break;
        }

        var root = expression.SyntaxTree.GetRoot(cancellationToken);
        var child = types.Ownership.Follow(created);
        var plain = HRD3002ChildOutlivesOwnerAnalyzer.Kept(created, child, types) is { } kept
            ? KillInDispose.Of(created, kept, types, model, root, cancellationToken)
            : child.HasEscaped ? null : TryFinallyEnd.Of(created, child, model, root);
        if (plain is var (title, ended))
        {
            yield return new Edit(title, Id, ended);
        }

        if (SupervisedMove.Of(created, model, types, cancellationToken) is var (moving, moved))
        {
            yield return new Edit(moving, SupervisedMove.Key, moved);
        }
    }
}
