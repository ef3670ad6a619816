using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Processes;

/// <summary>The edits of one move to <c>SupervisedProcess</c>, collected first and made at once.</summary>
internal sealed class SupervisedChanges(SyntaxNode root)
{
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> _changes = [];
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> _after = [];
    private readonly List<StatementSyntax> _removed = [];

    /// <summary><c>Process.Start(…)</c>, or <c>new Process { StartInfo = … }</c> with its <c>Start()</c>, becomes <c>SupervisedProcess.Start(…)</c>.</summary>
    public bool Start(IOperation created, ISymbol variable, SupervisedFamily family, ProcessTypes types, SemanticModel model)
    {
        // A document is opened by the desktop: there is no child to supervise.
        var holding = types.Ownership.Follow(created);
        if (created.Syntax is not ExpressionSyntax expression || StartSettings.Of(created, holding, types).TurnedOn("UseShellExecute").Count > 0)
        {
            return false;
        }

        if ((created is IInvocationOperation call ? StartInfoOf(call, types) : StartInfoOf((IObjectCreationOperation)created, variable, family, types, model)) is not { } startInfo)
        {
            return false;
        }

        var whole = expression.Parent is PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } suppressed ? suppressed : expression;
        _changes[whole] = old => SupervisedMove.Start(startInfo).WithTriviaFrom(old);
        return true;
    }

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

    /// <summary><c>WaitForExit(milliseconds)</c> becomes <c>WaitForExit(TimeSpan.FromMilliseconds(milliseconds))</c>.</summary>
    public void Limit(IEnumerable<IInvocationOperation> waits)
    {
        foreach (var wait in waits)
        {
            if (wait.TargetMethod.Parameters.Length == 1 && wait.TargetMethod.Parameters[0].Type.SpecialType == SpecialType.System_Int32 && wait.Arguments[0].Syntax is ArgumentSyntax argument)
            {
                _changes[argument] = old => SyntaxFactory.Argument(
                    SyntaxFactory.InvocationExpression(
                        SyntaxFactory.ParseExpression("global::System.TimeSpan.FromMilliseconds").WithAdditionalAnnotations(Simplifier.Annotation),
                        SyntaxFactory.ArgumentList([SyntaxFactory.Argument(((ArgumentSyntax)old).Expression.WithoutTrivia())])).WithTriviaFrom(old));
            }
        }
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
        var edited = root.ReplaceNodes(_changes.Keys.Union(_after.Keys).Union(_removed).Union(type is null ? [] : [type]), (old, current) =>
        {
            current = _changes.TryGetValue(old, out var change) ? change(current) : current;
            current = _after.TryGetValue(old, out var last) ? last(current) : current;
            return old == type ? current.WithAdditionalAnnotations(ofType)
                : old is StatementSyntax statement && _removed.Contains(statement) ? current.WithAdditionalAnnotations(ofRemoved) : current;
        });
        while (edited.GetAnnotatedNodes(ofRemoved).FirstOrDefault() is { } removed)
        {
            var gone = removed.Parent is GlobalStatementSyntax global ? global : removed;
            var isBare = !gone.GetLeadingTrivia().Concat(gone.GetTrailingTrivia()).Any(trivia => !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
            edited = edited.RemoveNode(gone, isBare ? SyntaxRemoveOptions.KeepNoTrivia : SyntaxRemoveOptions.KeepExteriorTrivia)!;
        }

        return edited.GetAnnotatedNodes(ofType).FirstOrDefault() is ClassDeclarationSyntax owner ? edited.ReplaceNode(owner, dispose!(owner)) : edited;
    }

    // Process.Start(info), Process.Start(file), Process.Start(file, arguments)
    private static ExpressionSyntax? StartInfoOf(IInvocationOperation start, ProcessTypes types)
    {
        var parameters = start.TargetMethod.Parameters;
        if (start.Syntax is not InvocationExpressionSyntax { ArgumentList: { } arguments } || parameters.Length is not (1 or 2))
        {
            return null;
        }

        return parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(parameters[0].Type, types.StartInfo)
            ? arguments.Arguments[0].Expression
            : SyntaxFactory.ObjectCreationExpression(StartInfoType(), arguments.WithoutTrivia(), initializer: null);
    }

    // new Process { StartInfo = … }; process.Start();
    private ExpressionSyntax? StartInfoOf(IObjectCreationOperation created, ISymbol variable, SupervisedFamily family, ProcessTypes types, SemanticModel model)
    {
        var declared = created.Syntax.FirstAncestorOrSelf<StatementSyntax>();
        if (declared is not (LocalDeclarationStatementSyntax or UsingStatementSyntax or ExpressionStatementSyntax)
            || created.Arguments.Length > 0
            || Initial(created, types) is not { } initial)
        {
            return null;
        }

        var between = new List<StatementSyntax>();
        StatementSyntax? start = null;
        foreach (var next in Following(declared))
        {
            if (IsStartOf(next, variable, family))
            {
                start = next;
                break;
            }

            between.Add(next);
        }

        var early = family.Uses.Where(use => between.Exists(statement => statement.Span.Contains(use.Syntax.Span))).ToList();
        if (start is null)
        {
            return null;
        }

        if (between.Count == 0)
        {
            _removed.Add(start);
            return initial;
        }

        if (declared is UsingStatementSyntax || !early.TrueForAll(use => use.Parent is IPropertyReferenceOperation { Property.Name: "StartInfo", Syntax: MemberAccessExpressionSyntax } info && info.Parent is not IAssignmentOperation))
        {
            return null;
        }

        // What is written into the StartInfo of the Process is written into one of its own, and the child starts where it started.
        var name = Scopes.Free("startInfo", declared, model, []);
        foreach (var use in early)
        {
            _changes[use.Parent!.Syntax] = old => SyntaxFactory.IdentifierName(name).WithTriviaFrom(old);
        }

        SyntaxNode? moved = null;
        _after[declared] = current =>
        {
            moved = current;
            var local = (LocalDeclarationStatementSyntax)SyntaxFactory.ParseStatement($"var {name} = x;");
            return local.ReplaceNode(local.Declaration.Variables[0].Initializer!.Value, initial.WithoutTrivia()).WithTriviaFrom(current);
        };
        _changes[start] = old => moved!.WithTriviaFrom(old);
        return SyntaxFactory.IdentifierName(name);
    }

    private static ExpressionSyntax? Initial(IObjectCreationOperation created, ProcessTypes types)
    {
        var initializers = created.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty;
        return initializers.Length switch
        {
            0 => SyntaxFactory.ObjectCreationExpression(StartInfoType(), SyntaxFactory.ArgumentList(), initializer: null),
            1 when initializers[0] is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { } property }, Value: var value } && types.IsMember(property, "StartInfo") =>
                value.Syntax is ImplicitObjectCreationExpressionSyntax { ArgumentList: var arguments, Initializer: var members } ? SyntaxFactory.ObjectCreationExpression(StartInfoType(), arguments, members) : value.Syntax as ExpressionSyntax,
            1 when initializers[0] is IMemberInitializerOperation { InitializedMember: IPropertyReferenceOperation { Property: { } property }, Initializer.Syntax: InitializerExpressionSyntax members } && types.IsMember(property, "StartInfo") =>
                SyntaxFactory.ObjectCreationExpression(StartInfoType(), argumentList: null, members.WithOpenBraceToken(members.OpenBraceToken.WithLeadingTrivia(SyntaxFactory.Space))),
            _ => null,
        };
    }

    private static IEnumerable<StatementSyntax> Following(StatementSyntax statement) => statement switch
    {
        UsingStatementSyntax { Statement: BlockSyntax block } => block.Statements,
        { Parent: BlockSyntax block } => block.Statements.SkipWhile(each => each != statement).Skip(1),
        { Parent: GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global } => unit.Members.OfType<GlobalStatementSyntax>().SkipWhile(each => each != global).Skip(1).Select(each => each.Statement),
        _ => [],
    };

    private static bool IsStartOf(StatementSyntax statement, ISymbol variable, SupervisedFamily family) =>
        statement is ExpressionStatementSyntax { Expression: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call }
        && family.Calls("Start").Any(start => start.Syntax == call && start.Instance?.Unwrap() is ILocalReferenceOperation or IMemberReferenceOperation && Named(start.Instance.Unwrap()) is { } named && SymbolEqualityComparer.Default.Equals(named, variable));

    private static ISymbol? Named(IOperation reference) => reference switch
    {
        ILocalReferenceOperation local => local.Local,
        IMemberReferenceOperation member => member.Member,
        _ => null,
    };

    private static TypeSyntax StartInfoType() =>
        SyntaxFactory.ParseTypeName("global::System.Diagnostics.ProcessStartInfo").WithLeadingTrivia(SyntaxFactory.Space).WithAdditionalAnnotations(Simplifier.Annotation);

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
