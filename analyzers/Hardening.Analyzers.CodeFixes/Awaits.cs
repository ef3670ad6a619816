namespace Hardening.Analyzers;

/// <summary>Where an expression can be awaited, and the edit that awaits it.</summary>
internal static class Awaits
{
    private static readonly ImmutableHashSet<string> Regions = ["Enter", "TryEnter", "EnterReadLock", "EnterWriteLock", "EnterUpgradeableReadLock", "TryEnterReadLock", "TryEnterWriteLock", "EnterScope"];

    /// <summary>The member, local function or lambda around the node; null for top-level statements and initializers.</summary>
    public static SyntaxNode? FunctionAround(SyntaxNode node) => node.Ancestors().FirstOrDefault(outer =>
        outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            or PropertyDeclarationSyntax or IndexerDeclarationSyntax or BaseTypeDeclarationSyntax);

    public static bool IsAsync(SyntaxNode? function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    /// <summary>In top-level statements: these become async by the first await in them.</summary>
    public static bool IsTopLevel(SyntaxNode node) => node.AncestorsAndSelf().Any(outer => outer is GlobalStatementSyntax) && FunctionAround(node) is null;

    /// <summary>Nothing around the expression, within its function, forbids to await there: no lock of any kind, no unsafe code, no query.</summary>
    public static bool IsAllowedAt(SyntaxNode expression, SemanticModel model)
    {
        var function = FunctionAround(expression);
        foreach (var outer in expression.Ancestors().TakeWhile(outer => outer != function))
        {
            if (outer is LockStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax or QueryExpressionSyntax or CatchFilterClauseSyntax
                || outer is ConditionalAccessExpressionSyntax access && access.WhenNotNull.Span.Contains(expression.Span)
                || outer is TryStatementSyntax tried && tried.Block.Span.Contains(expression.Span) && tried.Catches.Any(CatchesAggregate))
            {
                return false;
            }
        }

        // Whether an Enter is left before the await depends on paths.
        var body = function ?? expression.SyntaxTree.GetRoot();
        return !body.DescendantNodes().Any(node => IsSpan(node, model))
            && !body.AncestorsAndSelf().Any(outer => outer is MemberDeclarationSyntax { Modifiers: var modifiers } && modifiers.Any(SyntaxKind.UnsafeKeyword))
            && !body.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => Regions.Contains(name.Identifier.ValueText) && name.Ancestors().Any(outer => outer is InvocationExpressionSyntax));
    }

    /// <summary><c>await x</c>, in parentheses where the place needs them, with the trivia of what it replaces.</summary>
    public static ExpressionSyntax Await(ExpressionSyntax task, SyntaxNode replaced)
    {
        var awaited = SyntaxFactory.AwaitExpression(
            SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space),
            task.WithoutLeadingTrivia().WithoutTrailingTrivia() is var bare && IsOperand(bare) ? bare : SyntaxFactory.ParenthesizedExpression(bare));
        ExpressionSyntax placed = replaced.Parent switch
        {
            MemberAccessExpressionSyntax access when access.Expression == replaced => SyntaxFactory.ParenthesizedExpression(awaited),
            ElementAccessExpressionSyntax or PostfixUnaryExpressionSyntax or InvocationExpressionSyntax => SyntaxFactory.ParenthesizedExpression(awaited),
            ConditionalAccessExpressionSyntax access when access.Expression == replaced => SyntaxFactory.ParenthesizedExpression(awaited),
            _ => awaited,
        };
        return placed.WithTriviaFrom(replaced);
    }

    /// <summary>The edited document has no error that the one before has not.</summary>
    public static bool StillCompiles(SemanticModel model, SyntaxNode edited, CancellationToken cancellationToken)
    {
        var tree = SyntaxFactory.ParseSyntaxTree(edited.ToFullString(), model.SyntaxTree.Options, model.SyntaxTree.FilePath, cancellationToken: cancellationToken);
        var changed = model.Compilation.ReplaceSyntaxTree(model.SyntaxTree, tree).GetSemanticModel(tree);
        return Errors(changed) <= Errors(model);

        int Errors(SemanticModel of) => of.GetDiagnostics(cancellationToken: cancellationToken).Count(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    // Whether one lives across the await is found out only when code is emitted.
    private static bool IsSpan(SyntaxNode node, SemanticModel model) =>
        node is VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax
        && model.GetDeclaredSymbol(node) is ILocalSymbol local && (local.Type.IsRefLikeType || local.IsRef);

    private static bool IsOperand(ExpressionSyntax task) => task is not (BinaryExpressionSyntax or ConditionalExpressionSyntax or AssignmentExpressionSyntax or SwitchExpressionSyntax);

    // An await throws the exception itself.
    private static bool CatchesAggregate(CatchClauseSyntax clause) =>
        clause.Declaration?.Type.ToString().EndsWith("AggregateException", StringComparison.Ordinal) == true || clause.Filter?.ToString().Contains("AggregateException") == true;
}
