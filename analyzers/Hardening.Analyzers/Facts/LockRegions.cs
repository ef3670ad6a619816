namespace Hardening.Analyzers.Facts;

/// <summary>Where locks are taken and left: by a scope (<c>lock</c>, <c>EnterScope</c>) or by calls that may stand anywhere (<c>Enter</c>, <c>Exit</c>).</summary>
internal sealed class LockRegions(Compilation compilation)
{
    private readonly INamedTypeSymbol? _monitor = compilation.GetTypeByMetadataName("System.Threading.Monitor");
    private readonly INamedTypeSymbol? _lock = compilation.GetTypeByMetadataName("System.Threading.Lock");
    private readonly INamedTypeSymbol? _spinLock = compilation.GetTypeByMetadataName("System.Threading.SpinLock");
    private readonly INamedTypeSymbol? _readerWriter = compilation.GetTypeByMetadataName("System.Threading.ReaderWriterLockSlim");

    /// <summary>The lock that a scope holds, and all that runs inside of the scope.</summary>
    public (IOperation Lock, IEnumerable<IOperation> Body)? ScopeOf(IOperation operation)
    {
        switch (operation)
        {
            case ILockOperation statement:
                return (statement.LockedValue.Unwrap(), [statement.Body]);
            case IUsingOperation { Resources: var resources, Body: var body } when Scoped(resources) is { } locked:
                return (locked, [body]);
            case IUsingDeclarationOperation { DeclarationGroup: var group, Parent: IBlockOperation { Operations: var statements } } when Scoped(group) is { } locked:
                return (locked, statements.SkipWhile(statement => statement != operation).Skip(1));
            default:
                return null;
        }
    }

    /// <summary>The lock of the innermost scope around the operation, in the same function.</summary>
    public IOperation? HeldAround(IOperation operation)
    {
        for (var (node, parent) = (operation, operation.Parent);
            parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation);
            (node, parent) = (parent, parent.Parent))
        {
            var held = parent switch
            {
                ILockOperation statement when node == statement.Body => ScopeOf(statement)?.Lock,
                IUsingOperation used when node == used.Body => ScopeOf(used)?.Lock,
                IBlockOperation block => block.Operations.TakeWhile(statement => statement != node).OfType<IUsingDeclarationOperation>()
                    .Select(declaration => ScopeOf(declaration)?.Lock).LastOrDefault(locked => locked is not null),
                _ => null,
            };
            if (held is not null)
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>The lock that the call enters, if it is one that can be told from others.</summary>
    public IOperation? EnteredBy(IInvocationOperation call) =>
        call.TargetMethod.Name is "Enter" or "TryEnter" or "EnterReadLock" or "TryEnterReadLock" or "EnterWriteLock" or "TryEnterWriteLock"
            or "EnterUpgradeableReadLock" or "TryEnterUpgradeableReadLock" ? LockOf(call) : null;

    public IOperation? LeftBy(IInvocationOperation call) =>
        call.TargetMethod.Name is "Exit" or "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock" ? LockOf(call) : null;

    /// <summary>The lock that <c>Monitor.Wait</c> gives up while it waits.</summary>
    public IOperation? GivenUpBy(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "Wait" } call && Is(call.TargetMethod.ContainingType, _monitor) ? LockOf(call) : null;

    /// <summary>Whether both denote one lock, as far as names can tell.</summary>
    public static bool AreSame(IOperation one, IOperation other) => (one.Unwrap(), other.Unwrap()) switch
    {
        (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
        (ILocalReferenceOperation a, ILocalReferenceOperation b) => Are(a.Local, b.Local),
        (IParameterReferenceOperation a, IParameterReferenceOperation b) => Are(a.Parameter, b.Parameter),
        (ITypeOfOperation a, ITypeOfOperation b) => Are(a.TypeOperand, b.TypeOperand),
        (IMemberReferenceOperation a, IMemberReferenceOperation b) =>
            Are(a.Member, b.Member) && (a.Instance is null ? b.Instance is null : b.Instance is not null && AreSame(a.Instance, b.Instance)),
        _ => false,
    };

    private IOperation? LockOf(IInvocationOperation call)
    {
        var type = call.TargetMethod.ContainingType;
        var locked = Is(type, _monitor) ? call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value
            : Is(type, _lock) || Is(type, _spinLock) || Is(type, _readerWriter) ? call.Instance
            : null;
        locked = locked?.Unwrap();
        return locked is not null && AreSame(locked, locked) ? locked : null;
    }

    // using (gate.EnterScope()) and using var scope = gate.EnterScope()
    private IOperation? Scoped(IOperation resources)
    {
        var resource = resources is IVariableDeclarationGroupOperation { Declarations: { Length: 1 } declarations }
            ? declarations[0].Declarators[0].GetVariableInitializer()?.Value
            : resources;
        return resource?.Unwrap() is IInvocationOperation { TargetMethod: { Name: "EnterScope", ContainingType: var type }, Instance: { } locked } && Is(type, _lock)
            ? locked.Unwrap()
            : null;
    }

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);

    private static bool Are(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
