using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>The request to end becomes <c>StopAsync</c> of the runtime's process, which asks, waits and kills; its variable moves to that type with it.</summary>
internal static class SupervisedStop
{
    public const string Title = "Move to SupervisedProcess, whose StopAsync asks, waits and then kills the whole tree";

    /// <summary>Null where the move is not right, or where nothing can be awaited.</summary>
    public static SyntaxNode? Of(ExpressionStatementSyntax request, IOperation child, SemanticModel model, CancellationToken cancellationToken)
    {
        if (RuntimeTypes.SupervisedProcessOf(model.Compilation) is null || request.Expression is ConditionalAccessExpressionSyntax || !Awaits.IsAsync(Awaits.FunctionAround(request)) || !Awaits.IsAllowedAt(request.Expression, model))
        {
            return null;
        }

        // A Kill has a twin in the new type, so the move can read the document; then it becomes what it stands for.
        var mark = new SyntaxAnnotation();
        var process = child.Syntax.WithoutTrivia().ToString();
        var placeholder = SyntaxFactory.ParseStatement($"{process}.Kill(true);").WithTriviaFrom(request).WithAdditionalAnnotations(mark);
        var root = model.SyntaxTree.GetRoot(cancellationToken).ReplaceNode(request, placeholder);
        var tree = CSharpSyntaxTree.Create((CSharpSyntaxNode)root, (CSharpParseOptions)model.SyntaxTree.Options, model.SyntaxTree.FilePath);
        var changed = model.Compilation.ReplaceSyntaxTree(model.SyntaxTree, tree).GetSemanticModel(tree);
        if (ProcessTypes.Of(changed.Compilation) is not { } types
            || tree.GetRoot(cancellationToken).GetAnnotatedNodes(mark).FirstOrDefault() is not ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: var owner } } }
            || changed.GetOperation(owner, cancellationToken) is not { } use
            || CreationOf(use, types) is not { } created
            || SupervisedMove.Of(created, changed, types, cancellationToken) is not var (_, moved)
            || moved.GetAnnotatedNodes(mark).FirstOrDefault() is not { } placed)
        {
            return null;
        }

        var edited = moved.ReplaceNode(placed, SyntaxFactory.ParseStatement($"await {process}.StopAsync();").WithTriviaFrom(placed));
        return Awaits.StillCompiles(model, edited, cancellationToken) ? edited : null;
    }

    private static IOperation? CreationOf(IOperation use, ProcessTypes types) => use.Unwrap() switch
    {
        ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, use).Select(source => source.Unwrap()).FirstOrDefault(types.IsStart),
        IFieldReferenceOperation { Field: var field } when use.SemanticModel is { } model =>
            MemberUses.Of(field, model).Select(MemberUses.WrittenBy).OfType<IOperation>().Select(value => value.Unwrap()).FirstOrDefault(types.IsStart),
        _ => null,
    };
}
