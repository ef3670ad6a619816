namespace Hardening.Analyzers.Facts;

/// <summary>A thread that is started by the member that creates it, and where it is kept.</summary>
internal sealed class StartedThread : IStarted
{
    private readonly IOperation _creation;
    private readonly ILocalSymbol? _local;

    private StartedThread(IOperation creation, ILocalSymbol? local) => (_creation, _local) = (creation, local);

    /// <summary>It is put into an array or collection.</summary>
    public bool IsKept { get; private set; }

    /// <summary>It is put into a collection that outlives the member: it has an owner.</summary>
    public bool IsKeptInField { get; private set; }

    /// <summary>Null when nothing here starts the thread, when it replaces the one in a field, or when it must be a thread of its own kind.</summary>
    public static StartedThread? Of(IObjectCreationOperation creation, INamedTypeSymbol thread)
    {
        var value = Outermost(creation);
        switch (value.Parent)
        {
            case IInvocationOperation { TargetMethod.Name: "Start" or "UnsafeStart" }:
                return new StartedThread(creation, local: null);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var declared } }:
                return OfLocal(creation, declared);
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var assigned } }:
                return OfLocal(creation, assigned);
            case ISimpleAssignmentOperation { Target: IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true } }:
            case IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "Add" or "Enqueue" or "Push" or "TryAdd" or "AddLast" } }:
            case IReturnOperation { Parent.Parent: IAnonymousFunctionOperation }:
                return StartsAny(creation, thread) ? new StartedThread(creation, local: null).Kept(value) : null;
            default:
                return null;
        }
    }

    /// <summary>The loop waits for each thread before it starts the next: there is never more than one.</summary>
    public bool IsJoinedIn(ILoopOperation loop) =>
        _local is not null && References.Of(_local, _creation).Any(use =>
            IsCalled(use, "Join") && loop.Body.Syntax.Span.Contains(use.Syntax.Span) && use.Function() == loop.Function());

    private static StartedThread? OfLocal(IOperation creation, ILocalSymbol local)
    {
        var thread = new StartedThread(creation, local);
        var isStarted = false;
        foreach (var use in References.Of(local, creation))
        {
            // An apartment of its own cannot be had from a pool.
            if (IsCalled(use, "SetApartmentState") || IsCalled(use, "TrySetApartmentState"))
            {
                return null;
            }

            isStarted |= IsCalled(use, "Start") || IsCalled(use, "UnsafeStart");
            if (use.Parent is IArgumentOperation or ISimpleAssignmentOperation && use.Parent is not ISimpleAssignmentOperation { Target: ILocalReferenceOperation })
            {
                thread.Kept(use);
            }
        }

        return isStarted || thread.IsKept && StartsAny(creation, (INamedTypeSymbol)creation.Type!) ? thread : null;
    }

    private StartedThread Kept(IOperation value)
    {
        IsKept = true;
        IsKeptInField |= value.Parent switch
        {
            IArgumentOperation { Parent: IInvocationOperation { Instance: IMemberReferenceOperation } } => true,
            ISimpleAssignmentOperation { Target: IArrayElementReferenceOperation { ArrayReference: IMemberReferenceOperation } } => true,
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Instance: IMemberReferenceOperation } } => true,
            _ => false,
        };
        return this;
    }

    private static bool StartsAny(IOperation creation, INamedTypeSymbol thread) =>
        creation.Root().Descendants().Any(operation =>
            operation is IInvocationOperation { TargetMethod: { Name: "Start" or "UnsafeStart", ContainingType: var type } } && SymbolEqualityComparer.Default.Equals(type, thread));

    private static IOperation Outermost(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value;
    }

    private static bool IsCalled(IOperation use, string method) =>
        use.Parent is IInvocationOperation { Instance: { } instance, TargetMethod.Name: var name } && instance == use && name == method;
}
