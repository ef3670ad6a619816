using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;

namespace Hardening.Analyzers.Locks;

/// <summary>
/// Waits for what signals already (a task, a thread, an event, a token), or makes an event of a local flag.
/// A field that other members write needs a signal from each of them; that is not in the loop.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class HRD1014BusyWaitCodeFix : OneByOneCodeFix
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [HRD1014BusyWaitAnalyzer.Id];

    private protected override IEnumerable<Edit> Edits(SyntaxNode reported, SemanticModel model, CancellationToken cancellationToken)
    {
        if (reported.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || Polled(statement, model, cancellationToken) is not var (asked, goesOnWhen))
        {
            yield break;
        }

        while (asked is IUnaryOperation { OperatorKind: UnaryOperatorKind.Not, Operand: var operand })
        {
            (asked, goesOnWhen) = (operand.Unwrap(), !goesOnWhen);
        }

        var function = FunctionAround(statement);
        var isAsync = function is AnonymousFunctionExpressionSyntax { AsyncKeyword.RawKind: not 0 }
            || (function is MethodDeclarationSyntax { Modifiers: var m } && m.Any(SyntaxKind.AsyncKeyword))
            || (function is LocalFunctionStatementSyntax { Modifiers: var l } && l.Any(SyntaxKind.AsyncKeyword))
            || (function is CompilationUnitSyntax unit && unit.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or TypeDeclarationSyntax)).Any(node => node is AwaitExpressionSyntax));
        var isHeld = statement.Ancestors().TakeWhile(node => node != function).Any(node => node is LockStatementSyntax or UnsafeStatementSyntax);
        if (isHeld)
        {
            yield break;
        }

        var root = statement.SyntaxTree.GetRoot(cancellationToken);
        if (Signal(asked, goesOnWhen, isAsync) is var (title, wait))
        {
            yield return new Edit(title, title, root.ReplaceNode(statement, Wait(wait, statement)));
        }
        else if (!isAsync && !goesOnWhen && asked is ILocalReferenceOperation flag && SignalOfFlag(flag, statement, root) is { } signaled)
        {
            const string Title = "Wait for an event instead of a flag";
            yield return new Edit(Title, Title, signaled);
        }
    }

    // The one condition of a loop that does nothing but pause, or of SpinUntil.
    private static (IOperation Asked, bool GoesOnWhen)? Polled(StatementSyntax statement, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (model.GetOperation(statement, cancellationToken))
        {
            case ILoopOperation loop when BusyWait.Of(loop) is { Condition: { } condition, GoesOnWhen: var goesOnWhen }:
                var isWhole = loop is IWhileLoopOperation { Condition: var own } && own == condition || loop is IForLoopOperation { Before.IsEmpty: true, Condition: var its } && its == condition;
                return isWhole && !statement.DescendantNodes().Any(node => node is IfStatementSyntax or LocalDeclarationStatementSyntax or LockStatementSyntax || node.ToString() == "ThrowIfCancellationRequested")
                    ? (condition.Unwrap(), goesOnWhen)
                    : null;
            case IExpressionStatementOperation { Operation: IInvocationOperation { TargetMethod: { Name: "SpinUntil", Parameters.Length: 1 }, Arguments: var arguments } }
                when arguments[0].Value.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation { Body.Operations: { Length: 1 } body } }
                    && body[0] is IReturnOperation { ReturnedValue: { } returned }:
                return (returned.Unwrap(), false);
            default:
                return null;
        }
    }

    private static (string Title, string Wait)? Signal(IOperation asked, bool goesOnWhen, bool isAsync)
    {
        if (asked is not IPropertyReferenceOperation { Property: { Name: var name, ContainingType.Name: var type }, Instance: { } instance } || !IsFixed(instance.Unwrap()))
        {
            return null;
        }

        var signal = instance.Syntax.WithoutTrivia().ToString();
        return (type, name, goesOnWhen) switch
        {
            ("Task", "IsCompleted", false) when isAsync => ($"Await '{signal}' to end", $"await global::System.Threading.Tasks.Task.WhenAny({signal});"),
            ("Task", "IsCompleted", false) => ($"Wait for '{signal}' to end", $"global::System.Threading.Tasks.Task.WaitAny({signal});"),
            _ when isAsync => null,
            ("Thread", "IsAlive", true) => ($"Wait for '{signal}' to end", $"{signal}.Join();"),
            ("ManualResetEventSlim" or "CountdownEvent", "IsSet", false) => ($"Wait for '{signal}'", $"{signal}.Wait();"),
            ("CancellationToken", "IsCancellationRequested", false) => ($"Wait for '{signal}'", $"{signal}.WaitHandle.WaitOne();"),
            _ => null,
        };
    }

    // The loop asks anew each time; the wait takes the object that is there when it begins.
    private static bool IsFixed(IOperation signal) => signal switch
    {
        IFieldReferenceOperation { Field.IsReadOnly: true, Instance: null or IInstanceReferenceOperation } => true,
        ILocalReferenceOperation { Local: var local } => !IsWritten(local, signal),
        IParameterReferenceOperation { Parameter: { RefKind: RefKind.None } parameter } => !IsWritten(parameter, signal),
        _ => false,
    };

    private static bool IsWritten(ISymbol variable, IOperation use) =>
        References.Of(variable, use).Any(reference => reference.Parent is IAssignmentOperation { Target: var target } && target == reference || reference.Parent is IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out });

    // var done = false; … () => done = true … while (!done) …
    private static SyntaxNode? SignalOfFlag(ILocalReferenceOperation asked, StatementSyntax loop, SyntaxNode root)
    {
        if (asked.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.FalseLiteralExpression } } declarator
            || declarator.Parent is not VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax } declaration)
        {
            return null;
        }

        var writes = new Dictionary<SyntaxNode, SyntaxNode>();
        foreach (var reference in References.Of(asked.Local, asked))
        {
            if (reference.Parent is ISimpleAssignmentOperation { Value.ConstantValue: { HasValue: true, Value: true }, Parent: IExpressionStatementOperation } write
                && write.Target == reference && reference.Function() != asked.Function())
            {
                writes.Add(write.Syntax, SyntaxFactory.ParseExpression($"{asked.Local.Name}.Set()").WithTriviaFrom(write.Syntax));
            }
            else if (!loop.Span.Contains(reference.Syntax.Span))
            {
                return null;
            }
        }

        if (writes.Count == 0)
        {
            return null;
        }

        var created = (ObjectCreationExpressionSyntax)SyntaxFactory.ParseExpression("new global::System.Threading.ManualResetEventSlim()");
        created = created.WithType(created.Type.WithAdditionalAnnotations(Simplifier.Annotation)).WithTriviaFrom(declarator.Initializer!.Value);
        var replacement = declaration
            .WithType(SyntaxFactory.IdentifierName("var").WithTriviaFrom(declaration.Type))
            .WithVariables([declarator.WithInitializer(declarator.Initializer.WithValue(created))]);
        writes.Add(declaration, replacement);
        writes.Add(loop, Wait($"{asked.Local.Name}.Wait();", loop));
        return root.ReplaceNodes(writes.Keys, (old, _) => writes[old]);
    }

    // Comments inside of the loop go before what takes its place.
    private static StatementSyntax Wait(string wait, StatementSyntax loop)
    {
        var inside = loop.DescendantTrivia().Where(trivia => loop.Span.Contains(trivia.Span)
            && (trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia)));
        var leading = loop.GetLeadingTrivia().AddRange(inside.SelectMany(comment => new[] { comment, SyntaxFactory.ElasticLineFeed }));
        return SyntaxFactory.ParseStatement(wait)
            .WithLeadingTrivia(leading)
            .WithTrailingTrivia(loop.GetTrailingTrivia())
            .WithAdditionalAnnotations(Formatter.Annotation, Simplifier.Annotation);
    }

    private static SyntaxNode? FunctionAround(SyntaxNode node) => node.Ancestors().FirstOrDefault(outer =>
        outer is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or CompilationUnitSyntax);
}
