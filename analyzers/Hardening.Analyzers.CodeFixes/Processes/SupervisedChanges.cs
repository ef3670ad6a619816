using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Processes;

/// <summary>The edits of one move to <c>SupervisedProcess</c>, collected first and made at once.</summary>
internal sealed partial class SupervisedChanges(SyntaxNode root)
{
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> _changes = [];
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> _after = [];
    private readonly List<StatementSyntax> _removed = [];

    /// <summary>The declared type of a variable, where one is written.</summary>
    public bool Retype(ISymbol variable)
    {
        if (variable.DeclaringSyntaxReferences.Length != 1)
        {
            return false;
        }

        var type = variable.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1 } declaration } => declaration.Type,
            PropertyDeclarationSyntax property => property.Type,
            SingleVariableDesignationSyntax { Parent: RecursivePatternSyntax { Type: null } } => SyntaxFactory.IdentifierName("var"),
            _ => null,
        };
        if (type is { IsVar: false })
        {
            var named = type is NullableTypeSyntax nullable ? nullable.ElementType : type;
            _changes[named] = old => SupervisedMove.Type().WithTriviaFrom(old);
        }

        return type is not null;
    }

    /// <summary>A local ends its child where its block ends, so the method must have waited for it, or ended it, by then.</summary>
    public bool Use(IOperation created, bool isStopped, ProcessTypes types, SemanticModel model)
    {
        var holding = types.Ownership.Follow(created);
        if (holding.HasEscaped || !isStopped && !holding.Uses.Any(use => use.Parent is IInvocationOperation { TargetMethod.Name: "WaitForExit" or "WaitForExitAsync" or "Kill" } end && end.Function() == created.Function()))
        {
            return false;
        }

        var declaration = created.Syntax.FirstAncestorOrSelf<StatementSyntax>();
        var canAwait = CanAwait(created.Syntax, model);
        switch (declaration)
        {
            case LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } or UsingStatementSyntax:
                if (canAwait)
                {
                    _changes[declaration] = Await;
                }

                return true;
            case not null when holding.Fate == Fate.Ended:
                return true;
            case LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } when Scopes.AllowsUsingDeclaration(declaration) && Scopes.EndsInItsBlock(created, holding, types.IsProcess):
                _changes[declaration] = old =>
                {
                    var used = ((LocalDeclarationStatementSyntax)old).WithoutLeadingTrivia()
                        .WithUsingKeyword(SyntaxFactory.Token(old.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
                    return canAwait ? Await(used) : used;
                };
                return true;
            default:
                return false;
        }
    }

    /// <summary>The request to end becomes <c>await child.StopAsync()</c>.</summary>
    public void Stop(InvocationExpressionSyntax asked, SyntaxNode child) =>
        _changes[asked] = old => SyntaxFactory.ParseExpression($"await {child.WithoutTrivia()}.StopAsync()").WithTriviaFrom(old);

    /// <summary><c>Close</c> is the other name of <c>Dispose</c>.</summary>
    public void Rename(IEnumerable<IInvocationOperation> closes)
    {
        foreach (var close in closes)
        {
            if (close.Syntax is InvocationExpressionSyntax { Expression: var called } && (called as MemberAccessExpressionSyntax)?.Name is var name && (name ?? (called as MemberBindingExpressionSyntax)?.Name) is { } old)
            {
                _changes[old] = _ => SyntaxFactory.IdentifierName("Dispose").WithTriviaFrom(old);
            }
        }
    }

    /// <summary>The document with all edits made, and then <paramref name="dispose"/> on the class around them.</summary>
    public SyntaxNode Apply(Func<ClassDeclarationSyntax, ClassDeclarationSyntax>? dispose)
    {
        var type = dispose is null ? null : _changes.Keys.First().FirstAncestorOrSelf<ClassDeclarationSyntax>();
        var (ofType, ofRemoved) = (new SyntaxAnnotation(), new SyntaxAnnotation());
        var placed = _behind.Keys.Concat(_behind.Values.SelectMany(behind => behind.Moved)).ToDictionary(node => node, _ => new SyntaxAnnotation());
        var edited = root.ReplaceNodes(_changes.Keys.Union(_after.Keys).Union(_removed).Union(placed.Keys).Union(type is null ? [] : [type]), (old, current) =>
        {
            current = _changes.TryGetValue(old, out var change) ? change(current) : current;
            current = _after.TryGetValue(old, out var last) ? last(current) : current;
            current = placed.TryGetValue(old, out var place) ? current.WithAdditionalAnnotations(place) : current;
            return old == type ? current.WithAdditionalAnnotations(ofType)
                : old is StatementSyntax statement && _removed.Contains(statement) ? current.WithAdditionalAnnotations(ofRemoved) : current;
        });
        edited = Behind(edited, node => placed[node]);
        while (edited.GetAnnotatedNodes(ofRemoved).FirstOrDefault() is { } removed)
        {
            var gone = Whole(removed);
            var isBare = !gone.GetLeadingTrivia().Concat(gone.GetTrailingTrivia()).Any(trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
            if (gone.GetTrailingTrivia() is { Count: > 0 } trailing && trailing[0].IsKind(SyntaxKind.WhitespaceTrivia))
            {
                edited = edited.ReplaceNode(gone, gone.WithTrailingTrivia(trailing.RemoveAt(0))); // a comment that stays begins the line
                continue;
            }

            edited = edited.RemoveNode(gone, isBare ? SyntaxRemoveOptions.KeepNoTrivia : SyntaxRemoveOptions.KeepExteriorTrivia)!;
        }

        return edited.GetAnnotatedNodes(ofType).FirstOrDefault() is ClassDeclarationSyntax owner ? edited.ReplaceNode(owner, dispose!(owner)) : edited;
    }

    private static StatementSyntax Await(SyntaxNode statement)
    {
        var keyword = SyntaxFactory.Token(statement.GetLeadingTrivia(), SyntaxKind.AwaitKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space));
        return statement.WithoutLeadingTrivia() switch
        {
            LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: 0 } local => local.WithAwaitKeyword(keyword),
            UsingStatementSyntax { AwaitKeyword.RawKind: 0 } used => used.WithAwaitKeyword(keyword),
            _ => (StatementSyntax)statement,
        };
    }

    // Top-level statements are async by the first await in them, so one more changes nothing there.
    private static bool CanAwait(SyntaxNode at, SemanticModel model) =>
        Awaits.IsAllowedAt(at, model)
        && (Awaits.IsAsync(Awaits.FunctionAround(at))
            || Awaits.IsTopLevel(at) && at.SyntaxTree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>().Any(global =>
                global.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).Any(node => node is AwaitExpressionSyntax)));
}
