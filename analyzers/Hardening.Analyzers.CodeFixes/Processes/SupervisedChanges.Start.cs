using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Processes;

/// <summary>The start itself, and what is written into its settings before it.</summary>
internal sealed partial class SupervisedChanges
{
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
}
