using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>Makes the static lock one of each object. The rule has seen all its uses: they are locks in code of the object itself.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1007StaticLockForInstanceStateCodeFix : OneByOneCodeFix
{
    private const string Title = "Give each object a lock of its own";
    private const string StaticPrefix = "s_";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1007StaticLockForInstanceStateAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported is not VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: FieldDeclarationSyntax declaration } } variable
            || model.GetDeclaredSymbol(variable, cancellationToken) is not IFieldSymbol { IsStatic: true } field
            || declaration.Parent is not TypeDeclarationSyntax type
            || !MemberUses.AreAllIn(model.SyntaxTree, field)
            || CopiesItsFields(field.ContainingType))
        {
            yield break;
        }

        var name = NameFor(field, type);
        var uses = MemberUses.Of(field, model).Select(use => use.Syntax).ToList();
        var root = model.SyntaxTree.GetRoot(cancellationToken);
        yield return new Edit(Title, HRD1007StaticLockForInstanceStateAnalyzer.Id, root.ReplaceNodes([.. uses, declaration], (original, _) =>
            original == declaration ? OfInstance(declaration, name) : SyntaxFactory.IdentifierName(name).WithTriviaFrom(original)));
    }

    // A copy would share the lock, or come without one; and a record compares its fields.
    private static bool CopiesItsFields(INamedTypeSymbol type) =>
        type.IsRecord
        || type.GetAttributes().Any(attribute => attribute.AttributeClass?.Name is "SerializableAttribute" or "DataContractAttribute")
        || type.DeclaringSyntaxReferences.Any(part => part.GetSyntax().DescendantTokens().Any(token => token.ValueText == "MemberwiseClone"));

    private static string NameFor(IFieldSymbol field, TypeDeclarationSyntax type)
    {
        if (!field.Name.StartsWith(StaticPrefix, StringComparison.Ordinal) || field.Name.Length == StaticPrefix.Length)
        {
            return field.Name;
        }

        var name = "_" + field.Name.Substring(StaticPrefix.Length);
        var outermost = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().Last();
        var isTaken = outermost.DescendantTokens().Any(token => token.ValueText == name)
            || BasesAndSelf(field.ContainingType).Any(each => !each.GetMembers(name).IsEmpty);
        return isTaken ? field.Name : name;
    }

    private static IEnumerable<INamedTypeSymbol> BasesAndSelf(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }

    private static FieldDeclarationSyntax OfInstance(FieldDeclarationSyntax declaration, string name)
    {
        var variable = declaration.Declaration.Variables[0];
        var modifiers = declaration.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.StaticKeyword));
        var changed = declaration
            .WithModifiers(SyntaxFactory.TokenList(modifiers))
            .WithDeclaration(declaration.Declaration.WithVariables(SyntaxFactory.SingletonSeparatedList(
                variable.WithIdentifier(SyntaxFactory.Identifier(name).WithTriviaFrom(variable.Identifier)))));
        return changed.WithLeadingTrivia(declaration.GetLeadingTrivia());
    }
}
