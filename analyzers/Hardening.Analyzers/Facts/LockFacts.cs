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
}
