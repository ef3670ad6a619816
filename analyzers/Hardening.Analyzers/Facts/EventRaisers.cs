namespace Hardening.Analyzers.Facts;

/// <summary>Methods that do little else than raise an event: <c>OnChanged</c>, <c>RaiseChanged</c>.</summary>
internal static class EventRaisers
{
    private static readonly ImmutableArray<string> Prefixes = ImmutableArray.Create("On", "Raise", "Fire", "Notify", "Publish", "Invoke", "Emit", "Trigger", "Signal");

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

    /// <summary>The event that the method raises each time it is called, where its code is in this document.</summary>
    public static string? RaisedBy(IInvocationOperation call)
    {
        var model = call.SemanticModel;
        if (model is null
            || call.TargetMethod.DeclaringSyntaxReferences.FirstOrDefault(reference => reference.SyntaxTree == model.SyntaxTree)?.GetSyntax() is not { } declaration
            || model.GetOperation(declaration) is not { } body)
        {
            return null;
        }

        foreach (var operation in body.DescendantsInFunction())
        {
            if (operation is IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke, Instance: { } instance }
                && Event(ForeignDelegates.Accessed(instance.Unwrap())) is { DeclaredAccessibility: not Accessibility.Private } raised)
            {
                return raised.Name;
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
