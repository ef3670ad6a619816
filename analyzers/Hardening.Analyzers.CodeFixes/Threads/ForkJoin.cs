using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Three statements in a row: an empty list of threads; a loop that creates, keeps and starts a thread per element and does nothing else;
/// a loop that joins them all. Nothing else uses the list.
/// </summary>
internal sealed class ForkJoin
{
    private ForkJoin(LocalDeclarationStatementSyntax list, ForEachStatementSyntax loop, StatementSyntax join, ExpressionSyntax work, ArgumentSyntax? argument) =>
        (List, Loop, Join, Work, Argument) = (list, loop, join, work, argument);

    public LocalDeclarationStatementSyntax List { get; }

    public ForEachStatementSyntax Loop { get; }

    public StatementSyntax Join { get; }

    /// <summary>What the thread runs.</summary>
    public ExpressionSyntax Work { get; }

    /// <summary>What is given to <c>Start</c>.</summary>
    public ArgumentSyntax? Argument { get; }

    public static ForkJoin? Around(SyntaxNode creation, SemanticModel model, CancellationToken cancellationToken)
    {
        if (creation is not BaseObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments, Initializer: var initializer }
            || !IsOnlyBackground(initializer)
            || creation.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable }
            || variable.Parent is not VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration }
            || declaration.Parent is not BlockSyntax { Statements.Count: 3, Parent: ForEachStatementSyntax { Parent: BlockSyntax outer } loop } body
            || model.GetDeclaredSymbol(variable, cancellationToken) is not ILocalSymbol thread
            || model.GetOperation(loop, cancellationToken) is not IForEachLoopOperation operation)
        {
            return null;
        }

        var place = outer.Statements.IndexOf(loop);
        if (place == 0
            || place == outer.Statements.Count - 1
            || outer.Statements[place - 1] is not LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } list
            || model.GetDeclaredSymbol(variables[0], cancellationToken) is not ILocalSymbol threads
            || !IsEmptyList(variables[0].Initializer?.Value, threads, model))
        {
            return null;
        }

        var uses = References.Of(thread, operation).ToList();
        var start = uses.Select(use => use.Parent).OfType<IInvocationOperation>().FirstOrDefault(call => call.TargetMethod.Name == "Start");
        var isKept = uses.Any(use => use.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add", Instance: { } kept } } && IsThreads(kept, threads));
        var join = outer.Statements[place + 1];
        var isWhole = uses.Count == 2 && start is not null && isKept
            && uses.All(use => use.Syntax.FirstAncestorOrSelf<StatementSyntax>()?.Parent == body)
            && body.Statements[0] == declaration
            && References.Of(threads, operation).Count() == 2
            && JoinsAll(join, threads, model, cancellationToken);
        return isWhole
            ? new ForkJoin(list, loop, join, arguments[0].Expression, ((InvocationExpressionSyntax)start!.Syntax).ArgumentList.Arguments.FirstOrDefault())
            : null;
    }

    // All are joined, so it makes no difference whether they would keep the process alive.
    private static bool IsOnlyBackground(InitializerExpressionSyntax? initializer) =>
        initializer is null || initializer.Expressions.All(expression =>
            expression is AssignmentExpressionSyntax { Left: IdentifierNameSyntax { Identifier.ValueText: "IsBackground" }, Right: LiteralExpressionSyntax });

    private static bool IsEmptyList(ExpressionSyntax? value, ILocalSymbol threads, SemanticModel model) =>
        threads.Type is INamedTypeSymbol { MetadataName: "List`1", TypeArguments: { Length: 1 } arguments } && arguments[0].Name == "Thread"
        && value switch
        {
            BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList: null or { Arguments.Count: 0 } } => true,
            BaseObjectCreationExpressionSyntax { Initializer: null, ArgumentList.Arguments: var given } => model.GetTypeInfo(given[0].Expression).Type?.SpecialType == SpecialType.System_Int32,
            CollectionExpressionSyntax { Elements.Count: 0 } => true,
            _ => false,
        };

    // foreach (var thread in threads) { thread.Join(); } or threads.ForEach(thread => thread.Join())
    private static bool JoinsAll(StatementSyntax statement, ILocalSymbol threads, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (model.GetOperation(statement, cancellationToken))
        {
            case IForEachLoopOperation { Collection: var collection, Body: var body }:
                var only = body is IBlockOperation { Operations: { Length: 1 } statements } ? statements[0] : body;
                return IsThreads(collection, threads) && only is IExpressionStatementOperation { Operation: var join } && IsJoin(join);
            case IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod.Name: "ForEach", Instance: { } list, Arguments: { Length: 1 } arguments } }:
                return IsThreads(list, threads)
                    && arguments[0].Value is IDelegateCreationOperation { Target: IAnonymousFunctionOperation { Body.Operations: var operations } }
                    && operations.Where(operation => !operation.IsImplicit || operation is IExpressionStatementOperation).ToList() is { Count: 1 } joins
                    && joins[0] is IExpressionStatementOperation { Operation: var each } && IsJoin(each);
            default:
                return false;
        }
    }

    private static bool IsThreads(IOperation collection, ILocalSymbol threads) =>
        collection.Unwrap() is ILocalReferenceOperation { Local: var local } && SymbolEqualityComparer.Default.Equals(local, threads);

    // Without a limit: a Join with one goes on while threads still run.
    private static bool IsJoin(IOperation operation) =>
        operation is IInvocationOperation
        {
            TargetMethod: { Name: "Join", Parameters.Length: 0, ContainingType.Name: "Thread" },
            Instance: ILocalReferenceOperation or IParameterReferenceOperation,
        };
}
