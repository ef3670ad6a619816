using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Facts;

/// <summary>Programs that are started again as soon as they have ended, whatever the outcome: the question of HRD3011.</summary>
internal static class Restarts
{
    // Callers of callers.
    private const int MostCalls = 4;

    /// <summary>How it is started again, as a message says it: "in a loop". Null where a pause, a cap or new work is seen, or where a failure ends it.</summary>
    public static string? Of(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing)
    {
        var chain = new List<RestartStep> { new(start, Functions.Of(start, containing)) };
        var child = new Lazy<StartedChild>(() => StartedChild.Of(start, types));
        return InLoop(start, child, facts, containing) ? "in a loop"
            : ByCallers(chain, child, facts, MostCalls) is { } how && !child.Value.IsNoLoad ? how
            : null;
    }

    private static bool InLoop(IInvocationOperation start, Lazy<StartedChild> child, CompilationFacts facts, ISymbol containing)
    {
        if (facts.Roots.Of(start, containing).FirstOrDefault() is not { Loop: IWhileLoopOperation or IForLoopOperation } root || child.Value.IsNoLoad || !ChildEnd.IsSeenBy(root, child.Value))
        {
            return false;
        }

        var steps = root.Path.Insert(0, start);
        var around = steps[steps.Length - 1];
        var code = steps.Take(steps.Length - 1).SelectMany(step => Bodies.Operations(step.Function())).Concat(root.Loop.DescendantsInFunction()).ToList();
        return !code.Exists(part => RestartPauses.IsOne(part, steps, facts))
            && !TakesWork(root.Loop, around)
            && !new RestartOutcomes(root.Loop, steps).StopsOnFailure(code);
    }

    // The start gets what the round before did not have: an element, a line, a number.
    private static bool TakesWork(ILoopOperation loop, IOperation start)
    {
        var open = new Stack<IOperation>([start]);
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        while (open.Count > 0)
        {
            foreach (var part in open.Pop().DescendantsAndSelf())
            {
                if (part is not ILocalReferenceOperation { Local: var local } || !seen.Add(local))
                {
                    continue;
                }

                var isSettings = local.Type.Name is "Process" or "ProcessStartInfo";
                foreach (var source in LocalSources.Of(local, start).Where(source => loop.Syntax.Span.Contains(source.Syntax.Span)))
                {
                    if (!isSettings && source.DescendantsAndSelf().Any(value => value is IInvocationOperation or IPropertyReferenceOperation or IAwaitOperation))
                    {
                        return true;
                    }

                    open.Push(source);
                }

                if (!isSettings && References.Of(local, start).Any(use => use.Parent is IIncrementOrDecrementOperation or ICompoundAssignmentOperation && loop.Syntax.Span.Contains(use.Syntax.Span)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // From the start outwards through whoever calls: a handler of Exited, or the function itself.
    private static string? ByCallers(List<RestartStep> chain, Lazy<StartedChild> child, CompilationFacts facts, int calls)
    {
        var last = chain[chain.Count - 1];
        var function = last.Operation.Function();
        if (function is IAnonymousFunctionOperation)
        {
            var handler = Functions.AsDelegate(function);
            if (handler.Parent is IEventAssignmentOperation subscription)
            {
                return IsOfChild(subscription, chain, child) && HasNoPause(chain, facts) ? "when it exits" : null;
            }

            return ChildEnd.CallOf(function) is { TargetMethod.Name: "Run" or "StartNew" or "QueueUserWorkItem" or "ContinueWith" or "InvokeAsync" or "BeginInvoke" or "Invoke" } taker && calls > 0
                ? ByCallers([.. chain, new RestartStep(taker, Functions.Of(taker, Callers.MemberOf(taker)!))], child, facts, calls - 1)
                : null;
        }

        if (last.Function is not { ContainingType: not null } method || calls == 0)
        {
            return null;
        }

        foreach (var use in UsesInType(method, facts))
        {
            var how = use is IMethodReferenceOperation group && Functions.AsDelegate(group).Parent is IEventAssignmentOperation subscription
                ? IsOfChild(subscription, chain, child) && HasNoPause(chain, facts) ? "when it exits" : null
                : use is IInvocationOperation call ? ByCall(call, chain, child, facts, calls)
                : null;
            if (how is not null)
            {
                return how;
            }
        }

        return null;
    }

    // What is subscribed to a child is subscribed by the type that starts it; to look for callers everywhere costs more than it finds.
    private static IEnumerable<IOperation> UsesInType(IMethodSymbol method, CompilationFacts facts)
    {
        foreach (var group in facts.Callers.GroupsOf(method))
        {
            yield return group;
        }

        foreach (var name in method.ContainingType.DeclaringSyntaxReferences.Select(part => part.SyntaxTree).Distinct().SelectMany(tree => Mentions.Of(method.Name, tree)))
        {
            var called = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : (SyntaxNode)name;
            if (called.Parent is InvocationExpressionSyntax syntax
                && facts.Graph.ModelOf(name.SyntaxTree).GetOperation(syntax) is IInvocationOperation call
                && SymbolEqualityComparer.Default.Equals(call.TargetMethod.OriginalDefinition, method.OriginalDefinition))
            {
                yield return call;
            }
        }
    }

    private static string? ByCall(IInvocationOperation call, List<RestartStep> chain, Lazy<StartedChild> child, CompilationFacts facts, int calls)
    {
        var caller = Functions.Of(call, Callers.MemberOf(call)!);
        List<RestartStep> longer = [.. chain, new RestartStep(call, caller)];
        return !chain.Exists(step => SymbolEqualityComparer.Default.Equals(step.Function, caller)) ? ByCallers(longer, child, facts, calls - 1)
            : HasSameArguments(call) && ChildEnd.IsWaited(child.Value.Uses(), child.Value.Start.Function()) && HasNoPause(longer, facts) ? "by calling itself"
            : null;
    }

    // Run(file) within Run(file): another argument is other work, or a count.
    private static bool HasSameArguments(IInvocationOperation call) => call.Arguments.All(argument => argument.Value.Unwrap() switch
    {
        IParameterReferenceOperation { Parameter: var given } => given.Ordinal == argument.Parameter?.Ordinal,
        { ConstantValue.HasValue: true } => true,
        IFieldReferenceOperation { Field.IsReadOnly: true } or IDefaultValueOperation => true,
        _ => false,
    });

    // What the handler starts raises the same handler again: the same object, or one that the started function subscribes.
    private static bool IsOfChild(IEventAssignmentOperation subscription, List<RestartStep> chain, Lazy<StartedChild> child)
    {
        if (subscription is not { Adds: true, EventReference: IEventReferenceOperation { Event: { Name: "Exited", ContainingType.Name: "Process" }, Instance: var source } })
        {
            return false;
        }

        var function = Functions.Of(subscription, Callers.MemberOf(subscription)!);
        return chain.Exists(step => SymbolEqualityComparer.Default.Equals(step.Function, function) || Calls(step.Operation.Function(), function))
            || chain[0].Operation is IInvocationOperation { TargetMethod.IsStatic: false, Instance: { } started }
                && StartedChild.SymbolOf(ChildHistory.Named(started.Unwrap())) is { } symbol
                && (source is not null && SymbolEqualityComparer.Default.Equals(symbol, StartedChild.SymbolOf(ChildHistory.Named(source.Unwrap()))) || IsSender(symbol, started));
    }

    // ((Process)sender!).Start(), var process = (Process)sender!
    private static bool IsSender(ISymbol started, IOperation use) =>
        started is IParameterSymbol { Type.SpecialType: SpecialType.System_Object }
        || started is ILocalSymbol local && LocalSources.Of(local, use).Any(source => source.Unwrap() is IParameterReferenceOperation { Parameter.Type.SpecialType: SpecialType.System_Object });

    private static bool Calls(IOperation function, IMethodSymbol? called) =>
        called is not null && Bodies.Operations(function).Any(part => part is IInvocationOperation { TargetMethod: var target } && SymbolEqualityComparer.Default.Equals(target.OriginalDefinition, called.OriginalDefinition));

    private static bool HasNoPause(List<RestartStep> chain, CompilationFacts facts)
    {
        var code = chain.Select(step => step.Operation.Function()).Distinct().SelectMany(Bodies.Operations).ToList();
        var steps = chain.Select(step => step.Operation).ToImmutableArray();
        return !code.Exists(part => RestartPauses.IsOne(part, steps, facts))
            && !chain.Exists(step => Throttles.HoldBack(step.Operation, loop: null))
            && !new RestartOutcomes(loop: null, steps).StopsOnFailure(code);
    }

    /// <summary>An operation on the way from the start to what starts it again, and the function that it is part of.</summary>
    private sealed class RestartStep(IOperation operation, IMethodSymbol? function)
    {
        public IOperation Operation { get; } = operation;

        public IMethodSymbol? Function { get; } = function;
    }
}
