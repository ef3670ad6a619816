using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>What becomes of the statements under a lock when a block encloses them: what is needed after it is declared before it, and the releases that the block does are dropped.</summary>
internal sealed class EnclosedStatements(LockedStatements held, LockCall release, LockCalls calls, SemanticModel model)
{
    /// <summary>The statements as they are enclosed, and declarations of what is needed outside; null where that cannot be.</summary>
    public (List<StatementSyntax> Hoisted, SyntaxList<StatementSyntax> Inside)? Rewrite()
    {
        var inside = held.Inside.ToList();
        if (inside.Exists(statement => statement.DescendantNodesAndSelf().Any(node => node is LabeledStatementSyntax or GotoStatementSyntax))
            || inside.Exists(statement => statement is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 }) && held.Last < held.Block.Statements.Count - 1
            || OtherReleases(inside) is not { } others)
        {
            return null;
        }

        inside = inside.ConvertAll(statement => Without(statement, others));
        var hoisted = new List<StatementSyntax>();
        foreach (var variable in UsedBelow())
        {
            var index = inside.FindIndex(statement => statement is LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } && variables[0].Identifier.ValueText == variable.Name);
            if (index < 0
                || variable is not ILocalSymbol { IsRef: false, IsConst: false, IsUsing: false, Type: { IsAnonymousType: false, TypeKind: not TypeKind.Error } type }
                || inside[index] is not LocalDeclarationStatementSyntax { Declaration.Variables: var declared } declaration
                || declared[0].Initializer is not { Value: var value and not (InitializerExpressionSyntax or StackAllocArrayCreationExpressionSyntax) }
                || type.IsTupleType)
            {
                return null;
            }

            hoisted.Add(SyntaxFactory.ParseStatement($"{type.ToMinimalDisplayString(model, held.Block.Statements[held.First].SpanStart)} {declared[0].Identifier.Text};{held.LineEnd}")
                .WithAdditionalAnnotations(Formatter.Annotation));
            inside[index] = SyntaxFactory.ExpressionStatement(SyntaxFactory.AssignmentExpression(
                    SyntaxKind.SimpleAssignmentExpression, SyntaxFactory.IdentifierName(declared[0].Identifier.WithoutTrivia()).WithTrailingTrivia(SyntaxFactory.Space), value))
                .WithSemicolonToken(declaration.SemicolonToken)
                .WithLeadingTrivia(declaration.GetLeadingTrivia());
        }

        if (inside.Count > 0)
        {
            inside[0] = LockedStatements.WithoutBlankLine(inside[0]);
        }

        return (hoisted, SyntaxFactory.List(inside));
    }

    // Exit(); return; may lose its Exit, because the finally has it; a release that stands elsewhere, or is taken back, is not understood.
    private List<StatementSyntax>? OtherReleases(List<StatementSyntax> inside)
    {
        var found = new List<StatementSyntax>();
        foreach (var node in inside.SelectMany(statement => statement.DescendantNodes()).OfType<InvocationExpressionSyntax>())
        {
            if (model.GetOperation(node) is not { } operation || calls.Of(operation) is not { } call || !call.IsOfSameLock(release))
            {
                continue;
            }

            if (call.Use != LockUse.Release
                || node.Parent is not ExpressionStatementSyntax { Parent: BlockSyntax block } statement
                || inside.Contains(statement)
                || block.Statements.ElementAtOrDefault(block.Statements.IndexOf(statement) + 1) is not { } next
                || next is not (ReturnStatementSyntax { Expression: null or LiteralExpressionSyntax or IdentifierNameSyntax } or ThrowStatementSyntax))
            {
                return null;
            }

            found.Add(statement);
        }

        return found;
    }

    private static StatementSyntax Without(StatementSyntax statement, List<StatementSyntax> removed)
    {
        var here = removed.Where(other => statement.Span.Contains(other.Span)).ToList();
        var options = (here.Exists(other => other.GetLeadingTrivia().Any(LockedStatements.IsComment)) ? SyntaxRemoveOptions.KeepLeadingTrivia : SyntaxRemoveOptions.KeepNoTrivia)
            | (here.Exists(other => other.GetTrailingTrivia().Any(LockedStatements.IsComment)) ? SyntaxRemoveOptions.KeepTrailingTrivia : SyntaxRemoveOptions.KeepNoTrivia);
        return here.Count == 0 ? statement : statement.RemoveNodes(here, options)!;
    }

    // The local variables that are declared under the lock and named after it.
    private IEnumerable<ISymbol> UsedBelow()
    {
        if (held.First == held.Last || model.AnalyzeDataFlow(held.Block.Statements[held.First], held.Block.Statements[held.Last - 1]) is not { Succeeded: true } flow)
        {
            return [];
        }

        return held.NamedBelow(flow.VariablesDeclared, held.Last);
    }
}
