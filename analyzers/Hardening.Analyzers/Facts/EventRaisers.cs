namespace Hardening.Analyzers.Facts;

/// <summary>Methods that do little else than raise an event: <c>OnChanged</c>, <c>RaiseChanged</c>.</summary>
internal static class EventRaisers
{
    private static readonly ImmutableArray<string> Prefixes = ImmutableArray.Create("On", "Raise", "Fire", "Notify", "Publish", "Invoke", "Emit", "Trigger", "Signal");

    private const int MostCalls = 3;

    /// <summary>A cheap test that most calls fail.</summary>
    public static bool IsNamedLikeOne(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.Ordinary && method.MethodKind != MethodKind.LocalFunction)
        {
            return false;
        }

        foreach (var prefix in Prefixes)
        {
            if (method.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The event that the method raises, itself or through another one that is named like this.</summary>
    public static string? RaisedBy(IInvocationOperation call, CallGraph graph, CancellationToken cancellation) =>
        RaisedBy(call.TargetMethod, graph, MostCalls, cancellation);

    private static string? RaisedBy(IMethodSymbol method, CallGraph graph, int calls, CancellationToken cancellation)
    {
        foreach (var operation in graph.BodyOf(method.OriginalDefinition, cancellation)?.DescendantsInFunction() ?? [])
        {
            if (operation is not IInvocationOperation inner)
            {
                continue;
            }

            if (inner.TargetMethod.MethodKind == MethodKind.DelegateInvoke)
            {
                if (inner.Instance is { } called && Event(ForeignDelegates.Accessed(called.Unwrap())) is { DeclaredAccessibility: not Accessibility.Private } raised)
                {
                    return raised.Name;
                }
            }
            else if (calls > 1 && IsNamedLikeOne(inner.TargetMethod) && RaisedBy(inner.TargetMethod, graph, calls - 1, cancellation) is { } further)
            {
                return further;
            }
        }

        return null;
    }

    // var handler = Changed; handler?.Invoke();
    private static IEventSymbol? Event(IOperation called) => called switch
    {
        IEventReferenceOperation { Event: var raised } => raised,
        ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, called).Select(source => source.Unwrap()).OfType<IEventReferenceOperation>().FirstOrDefault()?.Event,
        _ => null,
    };
}
