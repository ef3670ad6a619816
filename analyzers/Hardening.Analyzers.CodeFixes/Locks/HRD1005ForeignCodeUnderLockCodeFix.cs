using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Copies the handlers, and what they are told, under the lock and calls them after it. Only calls that the lock ends with:
/// what runs under the lock after a call may count on what the call did.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1005ForeignCodeUnderLockCodeFix : OneByOneCodeFix
{
    private const string Title = "Call after the lock is released";

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1005ForeignCodeUnderLockAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<ExpressionStatementSyntax>() is not { } statement
            || statement.Ancestors().TakeWhile(node => node is StatementSyntax or ElseClauseSyntax).OfType<LockStatementSyntax>().FirstOrDefault() is not { Parent: BlockSyntax outer } locking
            || model.GetOperation(locking, cancellationToken) is not { } operation
            || new LockRegions(model.Compilation).HeldAround(operation) is not null
            || Ending(statement, locking, model) is not { } ending)
        {
            yield break;
        }

        var names = new List<string>();
        var moves = new List<MovedCall>();
        foreach (var (call, isConditional) in ending)
        {
            if (MovedCall.Of(call, isConditional, locking, model, names) is not { } move)
            {
                yield break;
            }

            moves.Add(move);
        }

        if (Move(outer, locking, moves) is { } root)
        {
            yield return new Edit(Title, HRD1005ForeignCodeUnderLockAnalyzer.Id, root);
        }
    }

    // The call and all that follows it under the lock: further calls, and copies that an earlier fix made. Null when there is more.
    private static List<(ExpressionStatementSyntax Call, bool IsConditional)>? Ending(ExpressionStatementSyntax first, LockStatementSyntax locking, SemanticModel model)
    {
        var calls = new List<(ExpressionStatementSyntax, bool)> { (first, false) };
        for (SyntaxNode node = first; node != locking; node = node.Parent!)
        {
            switch (node.Parent)
            {
                case BlockSyntax block:
                    foreach (var next in block.Statements.Skip(block.Statements.IndexOf((StatementSyntax)node) + 1))
                    {
                        if (next is ExpressionStatementSyntax call && IsCall(call, model))
                        {
                            calls.Add((call, false));
                        }
                        else if (!IsCopy(next, locking, model))
                        {
                            return null;
                        }
                    }

                    break;
                case IfStatementSyntax or ElseClauseSyntax:
                    calls = calls.ConvertAll(call => (call.Item1, true));
                    break;
                case LockStatementSyntax when node.Parent == locking:
                    break;
                default:
                    return null;
            }
        }

        return calls;
    }

    private static bool IsCall(ExpressionStatementSyntax statement, SemanticModel model) => CalledDelegate.Of(statement, model) is not null;

    private static bool IsCopy(StatementSyntax statement, LockStatementSyntax locking, SemanticModel model) =>
        statement is ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: IdentifierNameSyntax name } }
        && model.GetSymbolInfo(name).Symbol is ILocalSymbol local
        && local.DeclaringSyntaxReferences.All(reference => !locking.Span.Contains(reference.Span));

    private static SyntaxNode? Move(BlockSyntax outer, LockStatementSyntax locking, List<MovedCall> moves)
    {
        if (moves.Any(move => move.Call.Parent is not BlockSyntax && move.Copies.Count != 1))
        {
            return null;
        }

        var changed = locking.TrackNodes(moves.Select(move => move.Call));
        foreach (var move in moves)
        {
            var current = changed.GetCurrentNode(move.Call)!;
            changed = current.Parent is BlockSyntax
                ? move.Copies.Count == 0 ? changed.RemoveNode(current, SyntaxRemoveOptions.KeepNoTrivia)! : changed.ReplaceNode(current, move.CopyStatements())
                : changed.ReplaceNode(current, move.CopyStatements()[0]);
        }

        if (changed.Statement is BlockSyntax { Statements.Count: 0 })
        {
            return null;
        }

        var lineEnd = SyntaxFactory.EndOfLine(outer.SyntaxTree.GetText().ToString().Contains("\r\n") ? "\r\n" : "\n");
        var declarations = moves.SelectMany(move => move.Declarations(lineEnd)).ToList();
        if (declarations.Count > 0)
        {
            declarations[0] = declarations[0].WithLeadingTrivia(locking.GetLeadingTrivia());
            changed = changed.WithoutLeadingTrivia();
        }

        var calls = moves.ConvertAll(move => move.CallAfter());
        calls[0] = calls[0].WithLeadingTrivia(calls[0].GetLeadingTrivia().Insert(0, lineEnd));
        var place = outer.Statements.IndexOf(locking);
        var statements = outer.Statements.RemoveAt(place)
            .InsertRange(place, [.. declarations, changed.WithAdditionalAnnotations(Formatter.Annotation), .. calls]);
        return outer.SyntaxTree.GetRoot().ReplaceNode(outer, outer.WithStatements(statements));
    }
}
