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
            || InitialMembers(created, types) is not { } members)
        {
            return null;
        }

        var early = Following(declared).TakeWhile(next => !IsStartOf(next, variable, family)).ToList();
        if (Following(declared).Skip(early.Count).FirstOrDefault() is not ExpressionStatementSyntax start)
        {
            return null;
        }

        var initial = members.StartInfo ?? SyntaxFactory.ObjectCreationExpression(StartInfoType(), SyntaxFactory.ArgumentList(), initializer: null);
        if (members.StartInfo is null && early.Count > 0 && AssignedStartInfo(early[0], family) is { } assigned)
        {
            initial = assigned;
            _removed.Add(early[0]);
            early.RemoveAt(0);
        }

        if (EarlyHandlers.Of(early, start, family, members.RaisesEvents, types, model) is not { } handlers)
        {
            return null;
        }

        if (handlers.Others.Count == 0)
        {
            StartAtOnce(start, handlers);
            return initial;
        }

        // What is written into the StartInfo of the Process is written into one of its own, and the child starts where it started.
        var uses = family.Uses.Where(use => handlers.Others.Exists(statement => statement.Span.Contains(use.Syntax.Span))).ToList();
        if (declared is UsingStatementSyntax || !uses.TrueForAll(use => use.Parent is IPropertyReferenceOperation { Property.Name: "StartInfo", Syntax: MemberAccessExpressionSyntax } info && info.Parent is not IAssignmentOperation))
        {
            return null;
        }

        var name = Scopes.Free("startInfo", declared, model, []);
        foreach (var use in uses)
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
        StartHere(start, handlers);
        return SyntaxFactory.IdentifierName(name);
    }

    // What the initializer gives; null where it gives something else.
    private static (ExpressionSyntax? StartInfo, bool RaisesEvents)? InitialMembers(IObjectCreationOperation created, ProcessTypes types)
    {
        (ExpressionSyntax? StartInfo, bool RaisesEvents) members = (null, false);
        foreach (var initializer in created.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty)
        {
            switch (initializer)
            {
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property }, Value: { ConstantValue: { HasValue: true, Value: bool raises } } } when types.IsMember(property, "EnableRaisingEvents"):
                    members.RaisesEvents = raises;
                    break;
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property }, Value.Syntax: ExpressionSyntax value } when types.IsMember(property, "StartInfo"):
                    members.StartInfo = value is ImplicitObjectCreationExpressionSyntax { ArgumentList: var arguments, Initializer: var settings } ? SyntaxFactory.ObjectCreationExpression(StartInfoType(), arguments, settings) : value;
                    break;
                case IMemberInitializerOperation { InitializedMember: IPropertyReferenceOperation { Property: var property }, Initializer.Syntax: InitializerExpressionSyntax given } when types.IsMember(property, "StartInfo"):
                    members.StartInfo = SyntaxFactory.ObjectCreationExpression(StartInfoType(), argumentList: null, given.WithOpenBraceToken(given.OpenBraceToken.WithLeadingTrivia(SyntaxFactory.Space)));
                    break;
                default:
                    return null;
            }
        }

        return members;
    }

    // process.StartInfo = …; right after new Process()
    private static ExpressionSyntax? AssignedStartInfo(StatementSyntax statement, SupervisedFamily family) =>
        family.Uses.Where(use => statement.Span.Contains(use.Syntax.Span)).ToList() is { Count: 1 } uses
        && uses[0].Parent is IPropertyReferenceOperation { Property.Name: "StartInfo", Parent: ISimpleAssignmentOperation { Parent: IExpressionStatementOperation } assignment } info
        && assignment.Target == info && assignment.Value.Syntax is ExpressionSyntax value and not ImplicitObjectCreationExpressionSyntax
            ? value
            : null;

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
