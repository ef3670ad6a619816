using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>Encloses what runs while the child does: its kill moves to a finally, or a catch kills it where the method only waits for it.</summary>
internal static class TryFinallyEnd
{
    public static (string Title, SyntaxNode Root)? Of(IOperation created, Holding child, SemanticModel model, SyntaxNode root)
    {
        var uses = ChildUses.Of(child).ToList();
        var started = uses.Find(use => use.Kind == ChildUseKind.Start)?.At ?? created;
        if (child.Local is not ILocalSymbol local
            || References.Of(local, created).Any(reference => reference.Parent is IAssignmentOperation { Target: var target } && target == reference)
            || started.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } start
            || StatementsAfter(start) is not var (block, first))
        {
            return null;
        }

        if (uses.FindAll(use => use.EndsIt) is { Count: > 0 } kills && ChildPath.IsPlainKill(kills[0], started, child))
        {
            return kills.Count == 1 && KillInFinally(block, first, kills[0].Here.Syntax, model) is { } ended ? ($"Kill '{local.Name}' in a finally", root.ReplaceNode(block, ended)) : null;
        }

        var mayBeNull = local.NullableAnnotation == NullableAnnotation.Annotated && created is IInvocationOperation && created.Syntax.Parent is not PostfixUnaryExpressionSyntax && created.Parent is not ICoalesceOperation;
        return ($"Kill '{local.Name}' when the method is left by an exception", root.ReplaceNode(block, KillInCatch(block, first, local.Name, mayBeNull, model))) is var (title, edited)
            && !block.Statements.Skip(first).SelectMany(statement => statement.DescendantNodes()).Any(node => node is YieldStatementSyntax)
            && Awaits.StillCompiles(model, edited, CancellationToken.None)
            ? (title, edited)
            : null;
    }

    private static (BlockSyntax Block, int First)? StatementsAfter(StatementSyntax start) => start switch
    {
        UsingStatementSyntax { Statement: BlockSyntax { Statements.Count: > 0 } block } => (block, 0),
        { Parent: BlockSyntax block } when block.Statements.IndexOf(start) is var index && index + 1 < block.Statements.Count => (block, index + 1),
        _ => null,
    };

    private static BlockSyntax? KillInFinally(BlockSyntax block, int first, SyntaxNode killed, SemanticModel model)
    {
        var last = block.Statements.IndexOf(statement => statement.Span.Contains(killed.Span));
        if (last <= first - 1 || block.Statements[last] is not (ExpressionStatementSyntax or IfStatementSyntax { Else: null }))
        {
            return null;
        }

        var inside = block.Statements.Skip(first).Take(last - first).ToList();
        var below = block.Statements.Skip(last).ToList();
        if (inside.Count == 0
            || inside.Exists(statement => statement.DescendantNodesAndSelf().Any(node => node is LabeledStatementSyntax or GotoStatementSyntax) || statement is LocalFunctionStatementSyntax or LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 })
            || model.AnalyzeDataFlow(inside[0], inside[inside.Count - 1]) is not { Succeeded: true } flow
            || flow.VariablesDeclared.Any(variable => below.Exists(statement => statement.DescendantTokens().Any(token => token.ValueText == variable.Name))))
        {
            return null;
        }

        var kill = Locks.LockedStatements.WithoutBlankLine(block.Statements[last]);
        var tried = Enclosed(inside, SyntaxFactory.Block(kill), isFinally: true, block);
        return block.WithStatements(SyntaxFactory.List(block.Statements.Take(first).Append(tried).Concat(block.Statements.Skip(last + 1))));
    }

    private static BlockSyntax KillInCatch(BlockSyntax block, int first, string child, bool mayBeNull, SemanticModel model)
    {
        var question = mayBeNull ? $"{child} is {{ HasExited: false }}" : $"!{child}.HasExited";
        var handler = (BlockSyntax)SyntaxFactory.ParseStatement($"{{\nif ({question})\n{{\n{WaitEdits.Kill(child, model)}\n}}\n\nthrow;\n}}");
        var tried = Enclosed([.. block.Statements.Skip(first)], handler, isFinally: false, block);
        return block.WithStatements(SyntaxFactory.List(block.Statements.Take(first).Append(tried)));
    }

    private static TryStatementSyntax Enclosed(List<StatementSyntax> inside, BlockSyntax handler, bool isFinally, SyntaxNode at)
    {
        var blankLines = inside[0].GetLeadingTrivia().TakeWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        inside[0] = Locks.LockedStatements.WithoutBlankLine(inside[0]);
        return SyntaxFactory.TryStatement(
                SyntaxFactory.Block(inside),
                isFinally ? default : [SyntaxFactory.CatchClause(declaration: null, filter: null, handler)],
                isFinally ? SyntaxFactory.FinallyClause(handler) : null)
            .WithLeadingTrivia(blankLines)
            .WithTrailingTrivia(Scopes.LineEnd(at.SyntaxTree.GetRoot()))
            .WithAdditionalAnnotations(Formatter.Annotation);
    }
}
