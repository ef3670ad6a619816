namespace Hardening.Analyzers.Camera;

/// <summary>
/// Rents the array for the rest of its block. A rented array may be longer and holds what its last user left, so the fix is offered only where the array is
/// filled first, every use says how much of it it means, and nobody keeps it.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD4009ArrayPerFrameCodeFix : OneByOneCodeFix
{
    private const string Title = "Rent the array from ArrayPool";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD4009ArrayPerFrameAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported is ExpressionSyntax { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax declarator } } creation
            && declarator.Parent?.Parent is LocalDeclarationStatementSyntax { Parent: BlockSyntax block, Declaration.Variables.Count: 1 } declaration
            && declaration.UsingKeyword.IsKind(SyntaxKind.None)
            && model.GetDeclaredSymbol(declarator, cancellationToken) is ILocalSymbol { Type: IArrayTypeSymbol { Rank: 1, ElementType: var element } } local
            && model.GetOperation(creation, cancellationToken) is { } made
            && model.Compilation.GetTypeByMetadataName("System.Buffers.ArrayPool`1") is not null
            && !block.DescendantNodes().Any(node => node is LabeledStatementSyntax)
            && RentedArray.SizeOf(made) is { } size
            && new RentedArray(local, made, size).IsRightFor(block, declaration))
        {
            var root = reported.SyntaxTree.GetRoot(cancellationToken);
            var pool = $"{PoolName(model, creation.SpanStart)}<{element.ToMinimalDisplayString(model, creation.SpanStart)}>.Shared";
            yield return new Edit(Title, Title, root.ReplaceNode(block, Rented(block, declaration, creation, size, pool, local.Name, root)));
        }
    }

    private static BlockSyntax Rented(
        BlockSyntax block, LocalDeclarationStatementSyntax declaration, ExpressionSyntax creation, ExpressionSyntax size, string pool, string name, SyntaxNode root)
    {
        var lineEnd = Scopes.LineEnd(root).ToString();
        var index = block.Statements.IndexOf(declaration);
        var rent = SyntaxFactory.ParseExpression($"{pool}.Rent({size.WithoutTrivia()})").WithTriviaFrom(creation);
        var rented = (LocalDeclarationStatementSyntax)declaration.ReplaceNode(creation, rent);
        var body = SyntaxFactory.Block(block.Statements.Skip(index + 1));
        var tried = (TryStatementSyntax)SyntaxFactory.ParseStatement($"try{lineEnd}{{{lineEnd}}}{lineEnd}finally{lineEnd}{{{lineEnd}{pool}.Return({name});{lineEnd}}}{lineEnd}");
        return block
            .WithStatements([.. block.Statements.Take(index), rented, tried.WithBlock(tried.Block.WithStatements(body.Statements))])
            .WithAdditionalAnnotations(Formatter.Annotation);
    }

    private static string PoolName(SemanticModel model, int position) =>
        model.LookupNamespacesAndTypes(position, name: "ArrayPool").OfType<INamedTypeSymbol>().Any(type => type.ContainingNamespace.ToDisplayString() == "System.Buffers")
            ? "ArrayPool"
            : "System.Buffers.ArrayPool";
}
