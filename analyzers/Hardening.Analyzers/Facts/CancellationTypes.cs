namespace Hardening.Analyzers.Facts;

/// <summary>Cancellation sources that hold something until they are disposed, and registrations on tokens.</summary>
internal sealed class CancellationTypes
{
    private readonly INamedTypeSymbol _source;
    private readonly INamedTypeSymbol _token;
    private readonly INamedTypeSymbol _registration;

    private CancellationTypes(INamedTypeSymbol source, INamedTypeSymbol token, INamedTypeSymbol registration)
    {
        (_source, _token, _registration) = (source, token, registration);
        Ownership = new Ownership(Owns, static _ => false);
    }

    public Ownership Ownership { get; }

    public static CancellationTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("System.Threading.CancellationTokenSource") is { } source
        && compilation.GetTypeByMetadataName("System.Threading.CancellationToken") is { } token
        && compilation.GetTypeByMetadataName("System.Threading.CancellationTokenRegistration") is { } registration
            ? new CancellationTypes(source, token, registration)
            : null;

    public bool Owns(ITypeSymbol type) => Is(type, _source) || Is(type, _registration);

    public bool IsSource(ITypeSymbol? type) => Is(type, _source);

    /// <summary>
    /// A new source that keeps a timer or its place in another token; null for one that keeps nothing, which is harmless.
    /// <c>CancelAfter</c> gives a source a timer later.
    /// </summary>
    public CancellationHold? HoldOf(IOperation created)
    {
        switch (created)
        {
            case IObjectCreationOperation { Arguments: var arguments } creation when Is(creation.Type, _source):
                return !arguments.IsEmpty && !IsNever(arguments[0].Value) || IsTimedLater(creation) ? CancellationHold.Timer : null;
            case IInvocationOperation { TargetMethod: { Name: "CreateLinkedTokenSource", ContainingType: var type } } call when Is(type, _source):
                return call.Arguments.All(argument => IsNone(argument.Value.Unwrap())) ? null : CancellationHold.Link;
            case IInvocationOperation { TargetMethod: { Name: "Register" or "UnsafeRegister", ContainingType: var type } } call when Is(type, _token):
                return call.Instance is { } token && IsNone(token.Unwrap()) ? null : CancellationHold.Registration;
            default:
                return null;
        }
    }

    /// <summary>A registration is given up by <c>Unregister</c>, too.</summary>
    public static bool IsLost(Holding holding) =>
        holding.IsLost && !holding.Uses.Any(use => use.Parent is IInvocationOperation { TargetMethod.Name: "Unregister" });

    private bool IsTimedLater(IObjectCreationOperation creation) => Ownership.Follow(creation).Uses.Any(use =>
        use.Parent is IInvocationOperation { TargetMethod.Name: "CancelAfter", Arguments: var arguments } && !IsNever(arguments[0].Value));

    private static bool IsNever(IOperation time) => time.Unwrap() switch
    {
        { ConstantValue: { HasValue: true, Value: -1 } } => true,
        IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan", ContainingType.Name: "Timeout" } } => true,
        _ => false,
    };

    private static bool IsNone(IOperation token) =>
        token is IPropertyReferenceOperation { Property: { Name: "None", ContainingType.Name: "CancellationToken" } } or IDefaultValueOperation;

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol wanted) => SymbolEqualityComparer.Default.Equals(type, wanted);
}

/// <summary>What an undisposed source or registration keeps.</summary>
internal enum CancellationHold
{
    Timer,
    Link,
    Registration,
}
