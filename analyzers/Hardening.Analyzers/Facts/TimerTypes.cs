namespace Hardening.Analyzers.Facts;

/// <summary>
/// Timers that tick on the thread pool, by metadata name. Those of user interfaces tick on one thread, and end with their window.
/// </summary>
internal sealed class TimerTypes
{
    private readonly INamedTypeSymbol? _threading;
    private readonly INamedTypeSymbol? _component;
    private readonly INamedTypeSymbol? _abstract;

    private TimerTypes(Compilation compilation)
    {
        _threading = compilation.GetTypeByMetadataName("System.Threading.Timer");
        _component = compilation.GetTypeByMetadataName("System.Timers.Timer");
        _abstract = compilation.GetTypeByMetadataName("System.Threading.ITimer");
        Ownership = new Ownership(IsTimer, static _ => false);
    }

    public Ownership Ownership { get; }

    public static TimerTypes? Of(Compilation compilation)
    {
        var types = new TimerTypes(compilation);
        return types._threading is null && types._component is null ? null : types;
    }

    public bool IsTimer(ITypeSymbol? type) => type is not null && (Is(type, _threading) || Is(type, _component) || Is(type, _abstract));

    /// <summary><c>System.Timers.Timer</c>: it keeps itself alive while it ticks, and calls the handlers of <c>Elapsed</c>.</summary>
    public bool IsComponent(IOperation created) => created.Type is { } type && Is(type, _component);

    /// <summary><c>new Timer(…)</c>, or <c>CreateTimer</c> of a TimeProvider.</summary>
    public bool IsCreation(IOperation operation) => operation switch
    {
        IObjectCreationOperation { Type: { Name: "Timer" } type } => IsTimer(type),
        IInvocationOperation { TargetMethod: { Name: "CreateTimer", ContainingType.Name: "TimeProvider" } } call => Is(call.Type!, _abstract),
        _ => false,
    };

    /// <summary>The private field of this type that the new timer is kept in, at once or through a local.</summary>
    public static IFieldSymbol? FieldOf(IOperation created)
    {
        var value = created;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IFieldInitializerOperation { InitializedFields: { Length: 1 } fields } => fields[0],
            IAssignmentOperation { Target: IFieldReferenceOperation { Field: var field } } => field,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => References.Of(local, created)
                .Select(reference => reference.Parent is ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field: var field } } assignment && assignment.Value == reference ? field : null)
                .FirstOrDefault(field => field is not null),
            _ => null,
        };
    }

    private static bool Is(ITypeSymbol type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
