namespace Hardening.Analyzers.Facts;

/// <summary>Which operations take or use a lock on an object, and on what.</summary>
internal sealed class LockFacts(Compilation compilation)
{
    private readonly INamedTypeSymbol? _monitor = compilation.GetTypeByMetadataName("System.Threading.Monitor");

    /// <summary>The value that is locked by a <c>lock</c> statement, <c>Monitor.Enter</c> or <c>Monitor.TryEnter</c>.</summary>
    public IOperation? TakenBy(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: not ("Enter" or "TryEnter") } ? null : UsedBy(operation);

    /// <summary>The value that is the lock of a <c>lock</c> statement or of any method of <c>Monitor</c>.</summary>
    public IOperation? UsedBy(IOperation operation) => operation switch
    {
        ILockOperation statement => statement.LockedValue,
        IInvocationOperation { Arguments.IsEmpty: false } call when SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, _monitor) =>
            FirstParameter(call.Arguments),
        _ => null,
    };

    /// <summary>The object itself, behind conversions that keep it.</summary>
    public static IOperation Unwrap(IOperation value)
    {
        while (value is IConversionOperation { OperatorMethod: null } conversion && !IsBoxing(conversion))
        {
            value = conversion.Operand;
        }

        return value;
    }

    /// <summary>The value becomes a new object. (A type parameter may stand for a class.)</summary>
    public static bool IsBoxing(IOperation value) =>
        value is IConversionOperation { OperatorMethod: null, Type.IsReferenceType: true, Operand.Type.IsValueType: true };

    // Named arguments may stand in another order.
    private static IOperation? FirstParameter(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.Ordinal == 0)
            {
                return argument.Value;
            }
        }

        return null;
    }

    /// <summary>Why a lock on this object keeps no other thread out, and so is held against nobody; null where it may keep one out.</summary>
    public static string? WhyExcludesNobody(IOperation locked, ISymbol owner)
    {
        var value = Unwrap(locked);
        if (value is ILocalReferenceOperation { Local: var local } && LocalLife.Of(local, value, owner) is { } life)
        {
            value = Unwrap(life.Value);
            if (IsNew(value))
            {
                return life.IsPrivate ? "excludes nobody: the object is new in each call, and no other code sees it" : null;
            }
        }

        return value switch
        {
            _ when IsBoxing(value) => "excludes nobody: the value is boxed into a new object each time",
            _ when IsNew(value) => "excludes nobody: the object is new each time",
            _ => null,
        };
    }

    private static bool IsNew(IOperation value) =>
        value is IObjectCreationOperation { Type.SpecialType: not SpecialType.System_String }
            or ITypeParameterObjectCreationOperation or IAnonymousObjectCreationOperation or IArrayCreationOperation;
}
