using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Camera;

/// <summary>Keeps a clone instead of the frame. Whoever takes the clone out has to dispose it, so the title says so.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4005FrameKeptCodeFix : OneByOneCodeFix
{
    private const string Title = "Keep a clone, which its reader must dispose";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4005FrameKeptAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var kept = reported is ArgumentSyntax argument ? argument.Expression : reported as ExpressionSyntax;
        if (kept is null || IsUsedByStarted(kept, model, cancellationToken) || model.GetTypeInfo(kept, cancellationToken) is not { Type: { } type, ConvertedType: { } wanted })
        {
            yield break;
        }

        if (CloneOf(type) is not { } clone)
        {
            yield break;
        }

        var root = kept.SyntaxTree.GetRoot(cancellationToken);
        ExpressionSyntax cloned = SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, Receiver(kept), SyntaxFactory.IdentifierName("Clone")));
        if (!model.Compilation.ClassifyCommonConversion(clone.ReturnType, wanted).IsImplicit)
        {
            var name = SyntaxFactory.ParseTypeName(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));
            cloned = SyntaxFactory.CastExpression(name.WithAdditionalAnnotations(Simplifier.Annotation), cloned);
        }

        yield return new Edit(Title, Title, root.ReplaceNode(kept, cloned.WithTriviaFrom(kept)));
    }

    // For a task the clone has to be made before it starts, and disposed in it.
    private static bool IsUsedByStarted(ExpressionSyntax kept, SemanticModel model, CancellationToken cancellationToken)
    {
        var variable = model.GetSymbolInfo(kept is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax of } ? of : kept, cancellationToken).Symbol;
        var functions = kept.Ancestors().OfType<AnonymousFunctionExpressionSyntax>()
            .TakeWhile(function => variable?.DeclaringSyntaxReferences.Any(declaration => function.Span.Contains(declaration.Span)) != true);
        return functions.Any(function => function.Ancestors().FirstOrDefault(node => node is not (ParenthesizedExpressionSyntax or CastExpressionSyntax or ArgumentSyntax or ArgumentListSyntax)) switch
        {
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: var name } } =>
                name is "Run" or "StartNew" or "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" or "BeginInvoke" or "Post",
            InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "BeginInvoke" } } or BaseObjectCreationExpressionSyntax => true,
            _ => false,
        });
    }

    private static IMethodSymbol? CloneOf(ITypeSymbol type)
    {
        var types = new[] { type }.Concat(type.AllInterfaces);
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            types = types.Append(current);
        }

        return types.SelectMany(each => each.GetMembers("Clone")).OfType<IMethodSymbol>()
            .FirstOrDefault(method => method is { Parameters.IsEmpty: true, IsStatic: false, DeclaredAccessibility: Accessibility.Public, ReturnsVoid: false });
    }

    private static ExpressionSyntax Receiver(ExpressionSyntax kept) =>
        kept is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
            ? kept.WithoutTrivia()
            : SyntaxFactory.ParenthesizedExpression(kept.WithoutTrivia());
}
