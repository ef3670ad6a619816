using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;

namespace Hardening.Analyzers.Threads;

/// <summary>
/// Disposes at the end of the block, where all that the token was given to has ended by then:
/// a source that is disposed earlier cancels nothing any more.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD2016CancellationNeverDisposedCodeFix : OneByOneCodeFix
{
    private const string Title = "Dispose it with 'using'";

    // What such a method begins may go on after it has returned.
    private static readonly ImmutableArray<string> Starters = ["Start", "Begin", "Run", "Queue", "Enqueue", "Post", "Schedule"];

    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD2016CancellationNeverDisposedAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        var expression = reported.AncestorsAndSelf().OfType<ExpressionSyntax>().FirstOrDefault(node => node is BaseObjectCreationExpressionSyntax or InvocationExpressionSyntax);
        if (expression is null
            || CancellationTypes.Of(model.Compilation) is not { } types
            || model.GetOperation(expression, cancellationToken) is not { } created
            || types.HoldOf(created) is not { } hold)
        {
            yield break;
        }

        var holding = types.Ownership.Follow(created);
        var isOver = hold == CancellationHold.Registration
            ? IsAwaitedAfter(expression)
            : holding.Uses.All(use => use.Parent is not IPropertyReferenceOperation { Property.Name: "Token" } token || IsSpent(token, created.Function()));
        if (!isOver || !CancellationTypes.IsLost(holding) || !Scopes.EndsInItsBlock(created, holding, types.Owns))
        {
            yield break;
        }

        var root = expression.SyntaxTree.GetRoot(cancellationToken);
        var name = hold == CancellationHold.Registration ? "registration" : "cancellation";
        var fixedRoot = holding.Fate == Fate.Kept
            ? Scopes.DeclareUsing(expression, holding, root)
            : expression.Parent is ExpressionStatementSyntax statement ? Declare(name, expression, statement, root, model) : Scopes.DeclareBefore(root, model, _ => name, expression);
        if (fixedRoot is not null)
        {
            yield return new Edit(Title, Title, fixedRoot);
        }
    }

    // What the callback is for is over at the end of the block only where the block waits for it.
    private static bool IsAwaitedAfter(ExpressionSyntax registration) =>
        registration.FirstAncestorOrSelf<StatementSyntax>() is { Parent: BlockSyntax block } statement
        && block.Statements.SkipWhile(each => each != statement).Skip(1)
            .SelectMany(each => each.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
            .Any(node => node is AwaitExpressionSyntax);

    private static bool IsSpent(IOperation token, IOperation function)
    {
        if (token.Function() != function)
        {
            return false;
        }

        switch (token.Parent)
        {
            case IConversionOperation conversion:
                return IsSpent(conversion, function);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var copy } }:
                return References.Of(copy, token).All(reference => IsSpent(reference, function));
            case IMemberReferenceOperation or IBinaryOperation:
            case IInvocationOperation call when call.Instance == token:
                return true;
            case IArgumentOperation { Parent: IInvocationOperation call }:
                return call.Type is { SpecialType: not SpecialType.None } ? !Starts(call.TargetMethod.Name) : IsAwaited(call, function);
            default:
                return false;
        }
    }

    private static bool Starts(string method) => Starters.Any(verb => method.StartsWith(verb, StringComparison.Ordinal));

    private static bool IsAwaited(IOperation task, IOperation function)
    {
        for (var (part, outer) = (task, task.Parent); outer is not null; (part, outer) = (outer, outer.Parent))
        {
            switch (outer)
            {
                case IAwaitOperation:
                case IForEachLoopOperation { IsAsynchronous: true } loop when loop.Collection == part:
                    return outer.Function() == function;
                // The work that lost the race runs on, and would never be cancelled.
                case IInvocationOperation { TargetMethod.Name: "WhenAny" } when task is not IInvocationOperation { TargetMethod.Name: "Delay" }:
                    return false;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var held } }:
                    return References.Of(held, task).Any(reference => reference.Function() == function
                        && (reference.Parent is IAwaitOperation || reference.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation }));
                case IConversionOperation or IArgumentOperation or IInvocationOperation or IArrayInitializerOperation or IArrayCreationOperation:
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static SyntaxNode? Declare(string name, ExpressionSyntax value, ExpressionStatementSyntax statement, SyntaxNode root, SemanticModel model)
    {
        if (!Scopes.AllowsUsingDeclaration(statement))
        {
            return null;
        }

        var declaration = (LocalDeclarationStatementSyntax)SyntaxFactory.ParseStatement($"using var {Scopes.Free(name, statement, model, [])} = x;");
        return root.ReplaceNode(statement, declaration.ReplaceNode(declaration.Declaration.Variables[0].Initializer!.Value, value.WithoutTrivia()).WithTriviaFrom(statement));
    }
}
