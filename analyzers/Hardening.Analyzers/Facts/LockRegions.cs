using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// Where locks are taken and left: by a scope (<c>lock</c>, <c>EnterScope</c>) or by calls that may stand anywhere (<c>Enter</c>, <c>Exit</c>,
/// and with a call graph the methods that take or leave a lock for their caller).
/// </summary>
/// <param name="compilation">Whose types are meant.</param>
/// <param name="graph">Finds the bodies of helpers.</param>
/// <param name="withSemaphores">A semaphore of one is a lock as well. Asynchronous code holds it across what blocks on purpose, so not every rule asks for it.</param>
internal sealed class LockRegions(Compilation compilation, CallGraph? graph = null, bool withSemaphores = false)
{
    private readonly LockHelpers? _helpers = graph is null ? null : new LockHelpers(graph, new LockRegions(compilation, graph: null, withSemaphores));
    private readonly ConditionalWeakTable<IOperation, Dictionary<TextSpan, ImmutableArray<IOperation>>> _held = new();
    private readonly LockCalls _calls = new(compilation);
    private readonly LockFacts _objects = new(compilation);
    private readonly INamedTypeSymbol? _lock = compilation.GetTypeByMetadataName("System.Threading.Lock");

    /// <summary>How calls that take or leave a lock are written: code with none of these does neither.</summary>
    public ImmutableArray<string> Calls { get; } = withSemaphores
        ? ImmutableArray.Create(".Enter", ".TryEnter", ".Exit", ".Wait(", ".WaitAsync(", ".Release(")
        : ImmutableArray.Create(".Enter", ".TryEnter", ".Exit");

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

    /// <summary>The lock that is held at the operation by its own function, the one that was taken last; null where none surely is.</summary>
    public IOperation? HeldAround(IOperation operation) =>
        ScopesAround(operation).FirstOrDefault() ?? (HeldByCalls(operation) is { IsDefaultOrEmpty: false } held ? held[held.Length - 1] : null);

    /// <summary>The locks of the scopes around the operation in the same function, the innermost first.</summary>
    public IEnumerable<IOperation> ScopesAround(IOperation operation)
    {
        for (var (node, parent) = (operation, operation.Parent);
            parent is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation);
            (node, parent) = (parent, parent.Parent))
        {
            if (parent is ILockOperation statement && node == statement.Body || parent is IUsingOperation used && node == used.Body)
            {
                if (ScopeOf(parent)?.Lock is { } held)
                {
                    yield return held;
                }
            }
            else if (parent is IBlockOperation block)
            {
                foreach (var declaration in block.Operations.TakeWhile(other => other != node).OfType<IUsingDeclarationOperation>().Reverse())
                {
                    if (ScopeOf(declaration)?.Lock is { } declared)
                    {
                        yield return declared;
                    }
                }
            }
        }
    }

    /// <summary>The lock that the operation takes, by a scope or a call, and waits for without limit.</summary>
    public IOperation? TakenBy(IOperation operation) => operation switch
    {
        IInvocationOperation { IsImplicit: false } call => IsAttempt(call) ? null : EnteredBy(call),
        _ => ScopeOf(operation)?.Lock,
    };

    /// <summary>The lock that the call enters and does not leave, if it is one that can be told from others.</summary>
    public IOperation? EnteredBy(IInvocationOperation call) =>
        DirectCall(call) is { } direct ? direct.Use == LockUse.Release ? null : direct.Lock
            : _helpers?.Of(call) is { IsEntered: true } helper && !IsUsed(call) ? helper.Lock
            : null;

    public IOperation? LeftBy(IInvocationOperation call) =>
        DirectCall(call) is { } direct ? direct.Use == LockUse.Release ? direct.Lock : null
            : _helpers?.Of(call) is { IsEntered: false } helper ? helper.Lock
            : null;

    /// <summary>The lock is entered only if the call says so.</summary>
    public bool IsAttempt(IInvocationOperation call) =>
        DirectCall(call) is { } direct ? direct.Use == LockUse.Try : _helpers?.Of(call) is { IsAttempt: true };

    /// <summary>What the call does for its caller, if it is one of a method of this compilation that takes or leaves a lock.</summary>
    public LockHelper? HelperOf(IInvocationOperation call) => _helpers?.Of(call);

    /// <summary>The lock that <c>Monitor.Wait</c> gives up while it waits.</summary>
    public IOperation? GivenUpBy(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "Wait" } call && _objects.UsedBy(call)?.Unwrap() is { } locked && AreSame(locked, locked) ? locked : null;

    /// <summary>What stands for the lock wherever it is taken, whichever object's lock it is: the field, the type of <c>this</c>. Null for what only one call sees.</summary>
    public static ISymbol? Identity(IOperation locked) => locked.Unwrap() switch
    {
        IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol { IsIndexer: false } } member => member.Member.OriginalDefinition,
        IInstanceReferenceOperation { Type: { } type } => type.OriginalDefinition,
        ITypeOfOperation { TypeOperand: var type } => type,
        _ => null,
    };

    /// <summary>Whether both denote one lock, as far as names can tell.</summary>
    public static bool AreSame(IOperation one, IOperation other) => (one.Unwrap(), other.Unwrap()) switch
    {
        (IInstanceReferenceOperation, IInstanceReferenceOperation) => true,
        (ILocalReferenceOperation a, ILocalReferenceOperation b) => Are(a.Local, b.Local),
        (IParameterReferenceOperation a, IParameterReferenceOperation b) => Are(a.Parameter, b.Parameter),
        (ITypeOfOperation a, ITypeOfOperation b) => Are(a.TypeOperand, b.TypeOperand),
        (IMemberReferenceOperation a, IMemberReferenceOperation b) =>
            Are(a.Member, b.Member) && (a.Instance is null ? b.Instance is null : b.Instance is not null && AreSame(a.Instance, b.Instance)) && AreSame(IndicesOf(a), IndicesOf(b)),
        (IArrayElementReferenceOperation a, IArrayElementReferenceOperation b) => AreSame(a.ArrayReference, b.ArrayReference) && AreSame(a.Indices, b.Indices),
        _ => false,
    };

    // gates[0], gates[name], gates[i % n]: the same text is the same element, as far as one function goes.
    private static bool AreSame(ImmutableArray<IOperation> one, ImmutableArray<IOperation> other) =>
        one.Length == other.Length && one.Zip(other, (a, b) => AreSame(a, b) || a.Syntax.IsEquivalentTo(b.Syntax)).All(isSame => isSame);

    private static ImmutableArray<IOperation> IndicesOf(IMemberReferenceOperation member) =>
        member is IPropertyReferenceOperation { Arguments: { IsEmpty: false } indices } ? indices.Select(index => index.Value).ToImmutableArray() : ImmutableArray<IOperation>.Empty;

    private LockCall? DirectCall(IInvocationOperation call) =>
        _calls.Of(call) is { } known && (known.IsSemaphore ? withSemaphores && Semaphores.LetsOneIn(known.Lock) : known.IsOfThisProcess) ? known : null;

    // using (gate.EnterScope()), using var scope = gate.EnterScope(), and a method that takes the lock and returns what leaves it
    private IOperation? Scoped(IOperation resources)
    {
        var resource = resources is IVariableDeclarationGroupOperation { Declarations: { Length: 1 } declarations }
            ? declarations[0].Declarators[0].GetVariableInitializer()?.Value
            : resources;
        return resource?.Unwrap() is not IInvocationOperation call ? null
            : call is { TargetMethod: { Name: "EnterScope", ContainingType: var type }, Instance: { } locked } && Is(type, _lock) ? locked.Unwrap()
            : _helpers?.Of(call) is { IsEntered: true, IsAttempt: false } helper ? helper.Lock
            : null;
    }

    private static bool IsUsed(IInvocationOperation call)
    {
        IOperation value = call;
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IUsingOperation
            or IVariableInitializerOperation { Parent.Parent.Parent: IUsingOperation or IUsingDeclarationOperation };
    }

    /// <summary>The locks that are taken by calls and held at the operation, in the order in which they were taken.</summary>
    public ImmutableArray<IOperation> HeldByCalls(IOperation operation)
    {
        var function = operation.Function();
        return _held.GetValue(function, Flow).TryGetValue(operation.Syntax.Span, out var held) ? held : default;
    }

    private Dictionary<TextSpan, ImmutableArray<IOperation>> Flow(IOperation function)
    {
        var held = new Dictionary<TextSpan, ImmutableArray<IOperation>>();
        if (function.DescendantsInFunction().Any(other => other is IInvocationOperation call && EnteredBy(call) is not null) && Graphs.Of(function) is { } flow)
        {
            foreach (var (operation, locks) in HeldLocks.In(flow, this))
            {
                held[operation.Syntax.Span] = locks;
            }
        }

        return held;
    }

    private static bool Is(INamedTypeSymbol type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);

    private static bool Are(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
}
