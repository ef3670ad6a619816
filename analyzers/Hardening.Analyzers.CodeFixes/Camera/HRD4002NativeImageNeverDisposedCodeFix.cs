using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Camera;

/// <summary>Disposes the image at the end of its block; gives the temporaries of an expression names, so that they can be disposed.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4002NativeImageNeverDisposedCodeFix : OneByOneCodeFix
{
    private const string Title = "Dispose the image with 'using'";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4002NativeImageNeverDisposedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (NativeImages.Of(model.Compilation) is { } images && Created(model.GetOperation(reported, cancellationToken)) is { } created && images.IsCreation(created) && !images.IsGivenOut(created))
        {
            var root = reported.SyntaxTree.GetRoot(cancellationToken);
            var holding = images.Ownership.Follow(created);
            if (holding.IsLost && Scopes.EndsInItsBlock(created, holding, type => images.IsImage(type)) && Fix(created, holding, images, root, model) is { } fixedRoot)
            {
                yield return new Edit(Title, Title, fixedRoot);
            }
        }
    }

    private static SyntaxNode? Fix(IOperation created, Holding holding, NativeImages images, SyntaxNode root, SemanticModel model)
    {
        if (created.Type is IArrayTypeSymbol)
        {
            return Scopes.UseEachElement(created, holding, root);
        }

        if (holding.Fate == Fate.Kept)
        {
            return Scopes.DeclareUsing(created.Syntax, holding, root);
        }

        var temporaries = HRD4002NativeImageNeverDisposedAnalyzer.Temporaries(created, images);
        var names = temporaries.GroupBy(temporary => temporary.Syntax).ToDictionary(group => group.Key, group => NameOf(group.Last()));
        return names.Count == temporaries.Count && temporaries.TrueForAll(temporary => temporary.Type is not IArrayTypeSymbol
                && Scopes.EndsInItsBlock(temporary, images.Ownership.Follow(temporary), type => images.IsImage(type)))
            ? Scopes.DeclareBefore(root, model, syntax => names[syntax], [.. names.Keys.Cast<ExpressionSyntax>()])
            : null;
    }

    // An implicit conversion is reported at the local that it is kept in.
    private static IOperation? Created(IOperation? operation) =>
        operation is IVariableDeclaratorOperation declarator ? declarator.GetVariableInitializer()?.Value : operation;

    private static string NameOf(IOperation temporary) => temporary.Type!.Name switch
    {
        "MatExpr" => "expression",
        "Mat" or "UMat" or "GpuMat" => "mat",
        _ => "image",
    };
}
