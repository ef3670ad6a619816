using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Locks;

/// <summary>The statements of a block that run while a lock is held: from behind the call that takes it up to the statement that releases it.</summary>
internal sealed class LockedStatements
{
    private readonly SemanticModel _model;
    private readonly LockCall _release;
    private readonly LockCalls _calls;

    private LockedStatements(BlockSyntax block, int first, int last, LockCall release, LockCalls calls, SemanticModel model)
    {
        (Block, First, Last, _release, _calls, _model) = (block, first, last, release, calls, model);
    }

    public BlockSyntax Block { get; }

    /// <summary>Where the first statement under the lock stands.</summary>
    public int First { get; }

    /// <summary>Where the statement that releases the lock stands; or a try whose finally does.</summary>
    public int Last { get; }

    /// <summary>The statement that takes the lock, where nothing else is in it.</summary>
    public ExpressionStatementSyntax? Taking => First > 0 ? Block.Statements[First - 1] as ExpressionStatementSyntax : null;

    public IEnumerable<StatementSyntax> Inside => Block.Statements.Skip(First).Take(Last - First);

    public static LockedStatements? After(LockCall taken, LockCalls calls, SemanticModel model)
    {
        var call = taken.Call.Syntax;
        var statement = call.FirstAncestorOrSelf<StatementSyntax>();
        return statement switch
        {
            ExpressionStatementSyntax or LocalDeclarationStatementSyntax => Below(statement),
            IfStatementSyntax { Statement: BlockSyntax body } when Asks(taken, statement, isNegated: false) => Find(body, 0, taken, calls, model),
            IfStatementSyntax { Else: null } when Asks(taken, statement, isNegated: true) && model.AnalyzeControlFlow(((IfStatementSyntax)statement).Statement) is { Succeeded: true, EndPointIsReachable: false } => Below(statement),
            _ => null,
        };

        LockedStatements? Below(StatementSyntax above) => above.Parent is BlockSyntax block ? Find(block, block.Statements.IndexOf(above) + 1, taken, calls, model) : null;
    }

    /// <summary>From the first statement of the block on.</summary>
    public static LockedStatements? From(BlockSyntax block, LockCall release, LockCalls calls, SemanticModel model) => Find(block, 0, release, calls, model);

    /// <summary>The block with the statements in a try and the release in its finally; null where that would not mean the same.</summary>
    public BlockSyntax? ReleaseInFinally()
    {
        if (Block.Statements[Last] is TryStatementSyntax tries)
        {
            return IntoTry(tries);
        }

        if (Enclosed() is not var (hoisted, inside) || First == Last)
        {
            return null;
        }

        var release = Block.Statements[Last];
        var enclosed = SyntaxFactory.TryStatement(
                SyntaxFactory.Block(inside),
                default,
                SyntaxFactory.FinallyClause(SyntaxFactory.Block(WithoutBlankLine(release).WithTrailingTrivia(release.GetTrailingTrivia()))))
            .WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd))
            .WithAdditionalAnnotations(Formatter.Annotation);
        return Replace(First, enclosed, hoisted);
    }

    /// <summary>The block with a <c>lock</c> statement in place of the calls.</summary>
    public BlockSyntax? AsLock()
    {
        if (Taking is not { Expression: InvocationExpressionSyntax call } taking
            || Block.Statements[Last] is not ExpressionStatementSyntax release
            || Locked(call) is not { } locked
            || Inside.SelectMany(statement => statement.DescendantNodesAndSelf(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
                .Any(node => node is AwaitExpressionSyntax or YieldStatementSyntax || node is CommonForEachStatementSyntax { AwaitKeyword.RawKind: not 0 } || node is LocalDeclarationStatementSyntax { AwaitKeyword.RawKind: not 0 })
            || Enclosed() is not var (hoisted, inside))
        {
            return null;
        }

        var body = SyntaxFactory.Block(
            SyntaxFactory.Token(SyntaxKind.OpenBraceToken),
            inside,
            SyntaxFactory.Token(SyntaxKind.CloseBraceToken).WithLeadingTrivia(Comments(release.GetLeadingTrivia())).WithTrailingTrivia(release.GetTrailingTrivia()));
        var enclosed = SyntaxFactory.LockStatement(locked.WithoutTrivia(), body)
            .WithLeadingTrivia(taking.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
        enclosed = enclosed.WithCloseParenToken(enclosed.CloseParenToken.WithTrailingTrivia(taking.GetTrailingTrivia()));
        return Replace(First - 1, enclosed, hoisted);
    }

    /// <summary>The block with an <c>if</c> on what the call returns around all that needs the lock; null where what follows needs it to have run.</summary>
    public BlockSyntax? OnlyIfTaken()
    {
        if (Taking is not { Expression: var answer } taking
            || _model.AnalyzeControlFlow(Block.Statements[First], Block.Statements[Last]) is not { Succeeded: true } flow
            || !flow.EndPointIsReachable && !MayEnd()
            || _model.AnalyzeDataFlow(Block.Statements[First], Block.Statements[Last]) is not { Succeeded: true } data
            || data.DataFlowsOut.Except(data.DefinitelyAssignedOnEntry, SymbolEqualityComparer.Default).Any()
            || NamedBelow(data.VariablesDeclared, Last + 1).Any()
            || Block.DescendantNodes().Any(node => node is LabeledStatementSyntax))
        {
            return null;
        }

        var condition = answer is AssignmentExpressionSyntax { Right: var assigned } ? assigned : answer;
        var inside = Inside.Append(Block.Statements[Last]).ToList();
        inside[0] = WithoutBlankLine(inside[0]);
        var asked = SyntaxFactory.IfStatement(condition.WithoutTrivia(), SyntaxFactory.Block(inside).WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd)))
            .WithLeadingTrivia(taking.GetLeadingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation);
        return Replace(First - 1, asked.WithCloseParenToken(asked.CloseParenToken.WithTrailingTrivia(taking.GetTrailingTrivia())), []);
    }

    // What ended the function always now ends it sometimes, so it may not have to return anything.
    private bool MayEnd() =>
        _model.GetEnclosingSymbol(Block.Statements[First].SpanStart) is IMethodSymbol method
        && (method.ReturnsVoid || method is { IsAsync: true, ReturnType: INamedTypeSymbol { Arity: 0 } })
        && Block.Statements.Count == Last + 1;

    internal IEnumerable<ISymbol> NamedBelow(IEnumerable<ISymbol> variables, int from)
    {
        var below = Block.Statements.Skip(from).SelectMany(statement => statement.DescendantTokens()).Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText).ToImmutableHashSet();
        return variables.Where(variable => below.Contains(variable.Name));
    }

    internal string LineEnd => Block.SyntaxTree.GetText().ToString().Contains("\r\n") ? "\r\n" : "\n";

    private static bool Asks(LockCall taken, StatementSyntax statement, bool isNegated)
    {
        var condition = ((IfStatementSyntax)statement).Condition;
        if (isNegated)
        {
            condition = condition is PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression, Operand: var operand } ? operand : null;
        }

        return condition is not null && taken.Result().Syntax.Span.Contains(condition.Span);
    }

    private static LockedStatements? Find(BlockSyntax block, int first, LockCall taken, LockCalls calls, SemanticModel model)
    {
        for (var last = first; last < block.Statements.Count; last++)
        {
            var release = block.Statements[last] switch
            {
                ExpressionStatementSyntax { Expression: { } expression } => ReleaseIn(expression),
                IfStatementSyntax { Else: null, Condition: IdentifierNameSyntax, Statement: var body } => body switch
                {
                    ExpressionStatementSyntax single => ReleaseIn(single.Expression),
                    BlockSyntax { Statements: { Count: 1 } statements } when statements[0] is ExpressionStatementSyntax single => ReleaseIn(single.Expression),
                    _ => null,
                },
                TryStatementSyntax { Finally.Block.Statements: var statements } => statements.SelectMany(statement => statement.DescendantNodes()).OfType<InvocationExpressionSyntax>().Select(ReleaseIn).FirstOrDefault(found => found is not null),
                _ => null,
            };
            if (release is not null)
            {
                return new LockedStatements(block, first, last, release, calls, model);
            }
        }

        return null;

        LockCall? ReleaseIn(SyntaxNode expression) =>
            model.GetOperation(expression) is { } operation && operation.DescendantsAndSelf().Select(calls.Of).FirstOrDefault(call => call is not null) is { Use: LockUse.Release } found && found.IsOfSameLock(taken)
                ? found
                : null;
    }

    private (List<StatementSyntax> Hoisted, SyntaxList<StatementSyntax> Inside)? Enclosed() => new EnclosedStatements(this, _release, _calls, _model).Rewrite();

    private BlockSyntax? IntoTry(TryStatementSyntax tries)
    {
        if (tries.Catches.Count > 0 || First == Last || Enclosed() is not var (hoisted, inside))
        {
            return null;
        }

        var body = tries.Block.WithStatements(tries.Block.Statements.InsertRange(0, inside));
        var leading = WithoutBlankLine(tries).GetLeadingTrivia();
        return Replace(First, tries.WithBlock(body).WithLeadingTrivia(leading).WithAdditionalAnnotations(Formatter.Annotation), hoisted);
    }

    private BlockSyntax Replace(int from, StatementSyntax enclosed, List<StatementSyntax> hoisted)
    {
        var statements = Block.Statements.ToList();
        statements.RemoveRange(from, Last - from + 1);
        statements.Insert(from, enclosed);
        statements.InsertRange(Taking is null ? from : First - 1, hoisted);
        return Block.WithStatements(SyntaxFactory.List(statements));
    }

    // Monitor.Enter(gate), gate.Enter()
    private ExpressionSyntax? Locked(InvocationExpressionSyntax call)
    {
        if (_model.GetOperation(call) is not IInvocationOperation { TargetMethod: { Name: "Enter", ContainingType.Name: var type } } operation)
        {
            return null;
        }

        return type switch
        {
            "Monitor" when operation.Arguments.Length == 1 && operation.Arguments[0].Value.Unwrap().Type is { IsReferenceType: true, Name: not "Lock" } =>
                call.ArgumentList.Arguments[0].Expression,
            "Lock" when call.Expression is MemberAccessExpressionSyntax { Expression: var target } && ((CSharpParseOptions)call.SyntaxTree.Options).LanguageVersion >= (LanguageVersion)1300 => target,
            _ => null,
        };
    }

    internal static StatementSyntax WithoutBlankLine(StatementSyntax statement) =>
        statement.WithLeadingTrivia(statement.GetLeadingTrivia().SkipWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)));

    private static SyntaxTriviaList Comments(SyntaxTriviaList trivia) =>
        trivia.Any(IsComment) ? trivia : SyntaxTriviaList.Empty;

    internal static bool IsComment(SyntaxTrivia trivia) => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia);
}
