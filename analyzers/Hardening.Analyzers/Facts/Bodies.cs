using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>The code that a delegate or a method runs, in whatever document it stands.</summary>
internal static class Bodies
{
    /// <summary>A lambda, a method's body, or the reference to a method of another assembly. Null where it is not known which code runs.</summary>
    public static IOperation? Of(IOperation function, CallGraph graph)
    {
        var target = function.Unwrap();
        target = target is IDelegateCreationOperation { Target: var given } ? given : target;
        return target switch
        {
            IAnonymousFunctionOperation lambda => lambda,
            IMethodReferenceOperation { Method: var method } => Of(method, graph) ?? target,
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, target)?.Unwrap() is IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda } => lambda,
            _ => null,
        };
    }

    /// <summary>Null where the method has no body in this compilation, or where a call of it can run another.</summary>
    public static IOperation? Of(IMethodSymbol method, CallGraph graph)
    {
        method = method.ReducedFrom ?? method.OriginalDefinition;
        method = method.PartialImplementationPart ?? method;
        return !method.IsVirtual && !method.IsAbstract && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } declaration
            ? graph.ModelOf(declaration.SyntaxTree).GetOperation(declaration)
            : null;
    }

    /// <summary>What runs when the function is called: not what a further lambda or local function in it would do.</summary>
    public static IEnumerable<IOperation> Operations(IOperation function) => function switch
    {
        IAnonymousFunctionOperation lambda => lambda.Body.DescendantsInFunction(),
        ILocalFunctionOperation { Body: { } body } => body.DescendantsInFunction(),
        _ => function.DescendantsInFunction(),
    };

    public static bool IsAsync(IOperation function) => function switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync,
        ILocalFunctionOperation local => local.Symbol.IsAsync,
        IMethodBodyOperation { Syntax: MethodDeclarationSyntax method } => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        IMethodReferenceOperation reference => reference.Method.IsAsync,
        _ => false,
    };

    /// <summary>How a function that is not async blocks, itself or through calls. What blocks under a lock is the lock's matter.</summary>
    public static BlockingCall? BlockingIn(IOperation function, CompilationFacts facts) =>
        IsAsync(function) ? null
        : function is IMethodReferenceOperation reference ? facts.Blocking.FindTarget(reference)
        : Operations(function).Select(operation => BlockingAt(operation, facts)).FirstOrDefault(found => found is not null);

    // A parallel loop works on the thread that calls it.
    private static BlockingCall? BlockingAt(IOperation operation, CompilationFacts facts) =>
        facts.Blocking.FindThrough(operation) is { } found && found.Name.IndexOf("Parallel.", StringComparison.Ordinal) < 0 && facts.Regions.HeldAround(operation) is null ? found : null;
}
