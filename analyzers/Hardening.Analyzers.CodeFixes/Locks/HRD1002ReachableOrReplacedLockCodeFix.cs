using Microsoft.CodeAnalysis.FindSymbols;

namespace Hardening.Analyzers.Locks;

/// <summary>Makes a lock private and readonly when no code outside of its type uses it, in the whole solution.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1002ReachableOrReplacedLockCodeFix : CodeFixProvider
{
    private const string Title = "Make the lock private and readonly";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1002ReachableOrReplacedLockAnalyzer.Id];

    // Each edit is of one declaration, and says nothing about others.
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var cancellation = context.CancellationToken;
        if (await context.Document.GetSemanticModelAsync(cancellation).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        var root = await model.SyntaxTree.GetRootAsync(cancellation).ConfigureAwait(false);
        var reported = root.FindNode(context.Span, getInnermostNodeForTie: true);
        MemberDeclarationSyntax? declaration = reported switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax field } } => field,
            PropertyDeclarationSyntax { AccessorList.Accessors: { Count: 1 } accessors } property when accessors[0].IsKind(SyntaxKind.GetAccessorDeclaration) => property,
            _ => null,
        };
        if (declaration is { AttributeLists.Count: 0 }
            && !declaration.Modifiers.Any(SyntaxKind.VolatileKeyword) && !declaration.Modifiers.Any(SyntaxKind.VirtualKeyword) && !declaration.Modifiers.Any(SyntaxKind.RequiredKeyword)
            && model.GetDeclaredSymbol(reported, cancellation) is { DeclaredAccessibility: not Accessibility.Private } member
            && await IsOnlyUsedByItsTypeAsync(member, context.Document.Project.Solution, cancellation).ConfigureAwait(false))
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(declaration, Close(declaration)))), Title),
                context.Diagnostics);
        }
    }

    private static async Task<bool> IsOnlyUsedByItsTypeAsync(ISymbol member, Solution solution, CancellationToken cancellation)
    {
        foreach (var found in await SymbolFinder.FindReferencesAsync(member, solution, cancellation).ConfigureAwait(false))
        {
            foreach (var place in found.Locations)
            {
                var tree = place.Location.SourceTree;
                if (tree is null || !member.ContainingType.DeclaringSyntaxReferences.Any(part => part.SyntaxTree.FilePath == tree.FilePath && part.Span.Contains(place.Location.SourceSpan)))
                {
                    return false;
                }

                var name = (await tree.GetRootAsync(cancellation).ConfigureAwait(false)).FindNode(place.Location.SourceSpan, getInnermostNodeForTie: true);
                if (IsWritten(name) && !IsInConstructor(name, member))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsWritten(SyntaxNode name)
    {
        var node = name is ArgumentSyntax { Expression: var expression } ? expression : name;
        node = node.Parent is MemberAccessExpressionSyntax access && access.Name == node ? access : node;
        return node.Parent is AssignmentExpressionSyntax assignment && assignment.Left == node
            || node.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } or RefExpressionSyntax;
    }

    private static bool IsInConstructor(SyntaxNode name, ISymbol member) =>
        name.Ancestors().FirstOrDefault(node => node is BaseMethodDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax or TypeDeclarationSyntax)
            is ConstructorDeclarationSyntax constructor
        && constructor.Modifiers.Any(SyntaxKind.StaticKeyword) == member.IsStatic;

    private static MemberDeclarationSyntax Close(MemberDeclarationSyntax declaration)
    {
        var kept = declaration.Modifiers.Where(modifier => modifier.Kind() is not (SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword))
            .Select(modifier => modifier.WithLeadingTrivia()).ToList();
        kept.Insert(0, SyntaxFactory.Token(SyntaxKind.PrivateKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        if (declaration is FieldDeclarationSyntax && !kept.Any(modifier => modifier.IsKind(SyntaxKind.ReadOnlyKeyword)))
        {
            kept.Add(SyntaxFactory.Token(SyntaxKind.ReadOnlyKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        }

        return declaration.WithModifiers(SyntaxFactory.TokenList(kept)).WithLeadingTrivia(declaration.GetLeadingTrivia());
    }
}
