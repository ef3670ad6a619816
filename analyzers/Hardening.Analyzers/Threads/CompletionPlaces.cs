using Hardening.Analyzers.Facts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Threads;

/// <summary>Where a <c>TaskCompletionSource</c> is completed by code that should not run what awaits it: a callback, a reader's loop, the holder of a lock.</summary>
internal sealed class CompletionPlaces(IObjectCreationOperation creation, CompilationFacts facts)
{
    // From the completion to the loop, the lock or the callback.
    private const int MostCalls = 2;

    private static readonly ImmutableArray<string> Completions = ImmutableArray.Create(
        "SetResult", "TrySetResult", "SetException", "TrySetException", "SetCanceled", "TrySetCanceled", "SetFromTask", "TrySetFromTask");

    /// <summary>Null where all that completes it is under its author's control, as far as the documents of its type say.</summary>
    public Place? First()
    {
        var holders = CompletionHolders.Of(creation);
        if (holders.Count == 0)
        {
            return null;
        }

        foreach (var call in Trees().SelectMany(tree => Completions.SelectMany(name => Mentions.Of(name, tree))).Select(CallOf))
        {
            if (call is { TargetMethod.ContainingType.Name: "TaskCompletionSource", Instance: { } completed }
                && CompletionHolders.Named(completed).Any(holders.Contains)
                && By(call) is { } by
                && Why(call, by, MostCalls) is { } how)
            {
                return new Place(call, by, how);
            }
        }

        return null;
    }

    private IEnumerable<SyntaxTree> Trees()
    {
        var own = creation.Syntax.SyntaxTree;
        var type = creation.SemanticModel?.GetEnclosingSymbol(creation.Syntax.SpanStart)?.ContainingType;
        return type is null ? [own] : type.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Where(tree => tree != own).Distinct().Prepend(own);
    }

    private IInvocationOperation? CallOf(SimpleNameSyntax name) =>
        name.FirstAncestorOrSelf<InvocationExpressionSyntax>(call => call.Expression.Span.Contains(name.Span)) is { } call
            ? facts.Graph.ModelOf(name.SyntaxTree).GetOperation(call) as IInvocationOperation
            : null;

    private string? Why(IOperation call, ISymbol containing, int calls)
    {
        if (facts.Regions.HeldAround(call) is { } held)
        {
            return $"under the lock '{Names.Of(held.Syntax)}'";
        }

        if (!IsMadeIn(call.Function()) && IsInReaderLoop(call))
        {
            return "in a loop that reads or waits";
        }

        foreach (var handover in Handover.OfFunctionAround(call, containing, facts.Callers))
        {
            switch (handover)
            {
                case { To: Runner.Event } when !IsOfUserInterface(handover.Raiser):
                    return $"in a handler of '{handover.Name}'";
                case { To: Runner.Callback }:
                case { To: Runner.Pool, Name: not ("ContinueWith" or "ContinueWhenAll" or "ContinueWhenAny") }:
                    return $"in a callback of '{handover.Name}'";
            }
        }

        if (GivenToUnknown(call.Function()) is { } taker)
        {
            return $"in a callback of '{taker}'";
        }

        return calls > 0 && containing is IMethodSymbol { MethodKind: MethodKind.Ordinary or MethodKind.LocalFunction } method && facts.Callers.Of(method) is { IsDefault: false } uses
            ? uses.OfType<IInvocationOperation>().Select(use => By(use) is { } by ? Why(use, by, calls - 1) : null).FirstOrDefault(how => how is not null)
            : null;
    }

    // payments.Capture(payment, done): nothing here says who calls it back; a void method that takes it does so when it likes.
    private string? GivenToUnknown(IOperation function) =>
        function is IAnonymousFunctionOperation { Symbol.ReturnsVoid: true } lambda
        && Handover.AsDelegate(lambda).Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ReturnsVoid: true, ContainingType: { TypeKind: TypeKind.Interface, DeclaringSyntaxReferences.IsEmpty: false } } method } }
        && facts.Graph.IsOnlyDeclared(method)
            ? method.Name
            : null;

    // The function that the completion is part of, as a symbol.
    private static ISymbol? By(IOperation call) => call.Function() switch
    {
        IAnonymousFunctionOperation { Symbol: var lambda } => lambda,
        ILocalFunctionOperation { Symbol: var local } => local,
        _ => call.SemanticModel?.GetEnclosingSymbol(call.Syntax.SpanStart),
    };

    // Its own author completes it in turn: there is no reader that others wait for.
    private bool IsMadeIn(IOperation function) =>
        creation.Syntax.SyntaxTree == function.Syntax.SyntaxTree && function.Syntax.Span.Contains(creation.Syntax.Span);

    private bool IsInReaderLoop(IOperation call)
    {
        for (var parent = call.Parent; parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); parent = parent.Parent)
        {
            if (parent is ILoopOperation loop
                && (loop is IForEachLoopOperation { IsAsynchronous: true }
                    || loop.DescendantsInFunction().Any(operation => operation is IAwaitOperation || facts.Blocking.Find(operation) is not null)))
            {
                return true;
            }
        }

        return false;
    }

    // There the code that awaits is posted to the same thread anyway.
    private static bool IsOfUserInterface(INamedTypeSymbol? type)
    {
        var name = type?.ContainingNamespace.ToDisplayString() ?? "";
        return name.StartsWith("System.Windows", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.UI", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.Maui", StringComparison.Ordinal)
            || name.StartsWith("Windows.UI", StringComparison.Ordinal)
            || name.StartsWith("Avalonia", StringComparison.Ordinal)
            || name.StartsWith("Gtk", StringComparison.Ordinal);
    }

    internal sealed class Place(IInvocationOperation call, ISymbol by, string how)
    {
        public IInvocationOperation Call { get; } = call;

        public ISymbol By { get; } = by;

        public string How { get; } = how;
    }
}
