using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>Whether a Process ever raises its Exited event: somebody sets EnableRaisingEvents, or waits with WaitForExitAsync, which sets it too.</summary>
internal sealed class ExitEvents(ProcessTypes types, Callers callers)
{
    private const int MostSteps = 4;

    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);

    private CallGraph Graph => types.Ownership.Graph!;

    /// <summary>False where other code has the Process in its hands and could do it.</summary>
    public static bool AreNeverRaised(IEventAssignmentOperation subscription, ProcessTypes types, Callers callers) =>
        subscription.EventReference is IEventReferenceOperation { Instance: { } process } && !new ExitEvents(types, callers).MayBeRaised(process, 0);

    private bool MayBeRaised(IOperation process, int steps)
    {
        if (steps > MostSteps)
        {
            return true;
        }

        switch (process.Unwrap())
        {
            case IConditionalAccessInstanceOperation instance:
                return ChildHistory.Named(instance) is var named && (named == instance || MayBeRaised(named, steps));
            case ILocalReferenceOperation { Local: var local } reference:
                return _seen.Add(local) && LocalSources.Of(local, reference) is var sources && (!sources.Any() || sources.Any(source => IsRaisedFrom(source, steps)));
            case IFieldReferenceOperation { Field: var field, Instance: null or IInstanceReferenceOperation }:
                return IsRaisedIn(field, steps);
            case IPropertyReferenceOperation { Property: { IsIndexer: false } property, Instance: null or IInstanceReferenceOperation }:
                return IsRaisedIn(property, steps);
            case IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol method } parameter }:
                return IsRaisedBefore(method, parameter, steps);
            default:
                return true;
        }
    }

    // What a variable is given: a new Process, and all that is done with it from there on.
    private bool IsRaisedFrom(IOperation value, int steps)
    {
        var source = value.Unwrap();
        switch (source)
        {
            case { ConstantValue: { HasValue: true, Value: null } }:
                return false;
            case IObjectCreationOperation { Type.Name: not "Process" }:
                return true;
            case IObjectCreationOperation { Initializer: { } initializer } when initializer.Initializers.OfType<ISimpleAssignmentOperation>().Any(Enables):
                return true;
            case ICoalesceOperation coalesce:
                return IsRaisedFrom(coalesce.Value, steps) || coalesce.WhenNull.Unwrap() is not IThrowOperation && IsRaisedFrom(coalesce.WhenNull, steps);
            case IFieldReferenceOperation or IPropertyReferenceOperation or ILocalReferenceOperation or IParameterReferenceOperation:
                return MayBeRaised(source, steps + 1);
        }

        if (!types.IsCreation(source) || source is IInvocationOperation call && !types.IsStart(source) && IsRaisedBy(call))
        {
            return true;
        }

        var holding = types.Ownership.Follow(source);
        return holding.AllUses.Any(Enables)
            || holding.HasEscaped && (!holding.IsOnlyStored || holding.StoredIn.Any(member => IsRaisedIn(member, steps + 1)));
    }

    // The method that makes it.
    private bool IsRaisedBy(IInvocationOperation maker) =>
        Graph.TargetOf(maker) is { } method && Graph.AnyBodyOf(method) is { } body
        && body.Descendants().Any(operation => operation is ISimpleAssignmentOperation assignment && Enables(assignment) || IsAsyncWait(operation));

    private bool IsRaisedIn(ISymbol member, int steps)
    {
        if (steps > MostSteps || !_seen.Add(member))
        {
            return steps > MostSteps;
        }

        var holding = types.Ownership.FollowMember(member);
        if (holding.HasEscaped || holding.AllUses.Any(Enables))
        {
            return true;
        }

        var values = MemberUses.InAllParts(member, Graph).Select(MemberUses.WrittenBy)
            .Concat(member.DeclaringSyntaxReferences.Select(part => MemberUses.Initial(member, Graph.ModelOf(part.SyntaxTree))))
            .OfType<IOperation>().ToList();
        return values.Count == 0 || values.Exists(value => IsRaisedFrom(value, steps + 1));
    }

    // What the callers of a method of this type pass to it.
    private bool IsRaisedBefore(IMethodSymbol method, IParameterSymbol parameter, int steps)
    {
        if (method is not ({ DeclaredAccessibility: Accessibility.Private } or { MethodKind: MethodKind.LocalFunction }) || !_seen.Add(parameter))
        {
            return true;
        }

        var uses = callers.Of(method);
        return uses.IsDefaultOrEmpty || uses.Any(use =>
            use is not IInvocationOperation call
            || call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter.Ordinal) is not { } argument
            || IsRaisedFrom(argument.Value, steps + 1));
    }

    private static bool Enables(HeldUse use) =>
        use.Property is { Property.Name: "EnableRaisingEvents", Parent: ISimpleAssignmentOperation assignment } && Enables(assignment) || use.Call is { } call && IsAsyncWait(call);

    private static bool Enables(ISimpleAssignmentOperation assignment) =>
        assignment.Target is IPropertyReferenceOperation { Property.Name: "EnableRaisingEvents" } && assignment.Value.ConstantValue is not { HasValue: true, Value: false };

    private static bool IsAsyncWait(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: var name } && name.StartsWith("WaitForExitAsync", StringComparison.Ordinal);
}
