namespace Hardening.Analyzers.Processes;

/// <summary>Where handlers go that were added before the start.</summary>
internal sealed partial class SupervisedChanges
{
    // What moves behind a start, and what is written anew there.
    private readonly Dictionary<SyntaxNode, (List<StatementSyntax> Moved, StatementSyntax? Last)> _behind = [];

    // It starts where it was made; the handlers stay where they are, which is now after the start.
    private void StartAtOnce(ExpressionStatementSyntax start, EarlyHandlers handlers)
    {
        if (handlers.RaisesAnew)
        {
            _removed.AddRange(handlers.Raised);
            _changes[start] = old => Raise(handlers.Child).WithTriviaFrom(old);
        }
        else
        {
            _removed.Add(start);
        }
    }

    // It starts where it started, and the handlers follow.
    private void StartHere(ExpressionStatementSyntax start, EarlyHandlers handlers)
    {
        var indent = start.GetLeadingTrivia().Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia));
        var last = handlers.RaisesAnew || handlers.Raised.Count > 0 ? Raise(handlers.Child).WithLeadingTrivia(indent).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed) : null;
        _removed.AddRange(handlers.Raised);
        if (handlers.Added.Count > 0 || last is not null)
        {
            _behind[start] = (handlers.Added, last);
        }
    }

    private static StatementSyntax Raise(ExpressionSyntax child) => SyntaxFactory.ParseStatement($"{child.WithoutTrivia()}.EnableRaisingEvents = true;");

    // The nodes are those of the edited document that stand for the ones of the original.
    private SyntaxNode Behind(SyntaxNode edited, Func<SyntaxNode, SyntaxAnnotation> annotation)
    {
        foreach (var entry in _behind)
        {
            var moved = entry.Value.Moved.Select(each => (StatementSyntax)edited.GetAnnotatedNodes(annotation(each)).Single().WithoutAnnotations(annotation(each))).ToList();
            if (entry.Value.Last is { } last)
            {
                moved.Add(last);
            }

            var start = edited.GetAnnotatedNodes(annotation(entry.Key)).Single();
            edited = start.Parent is GlobalStatementSyntax global
                ? edited.InsertNodesAfter(global, moved.Select(SyntaxFactory.GlobalStatement))
                : edited.InsertNodesAfter(start, moved);
            edited = edited.RemoveNodes(entry.Value.Moved.SelectMany(each => edited.GetAnnotatedNodes(annotation(each))).Select(Whole), SyntaxRemoveOptions.KeepNoTrivia)!;
        }

        return edited;
    }

    private static SyntaxNode Whole(SyntaxNode statement) => statement.Parent is GlobalStatementSyntax global ? global : statement;
}
