namespace Hardening.Analyzers.Facts;

internal enum LockUse
{
    /// <summary>Takes the lock, or throws.</summary>
    Take,

    /// <summary>Takes the lock, or says that it did not.</summary>
    Try,

    Release,
}

/// <summary>A call that takes or releases a lock.</summary>
internal sealed class LockCall(IInvocationOperation call, LockUse use, IOperation held, string mode, bool isSemaphore)
{
    public IInvocationOperation Call { get; } = call;

    public LockUse Use { get; } = use;

    /// <summary>What is taken or released.</summary>
    public IOperation Lock { get; } = held;

    /// <summary>Read, Write or UpgradeableRead; empty for a lock that has no modes, and for a release of all of them.</summary>
    public string Mode { get; } = mode;

    public bool IsSemaphore { get; } = isSemaphore;

    /// <summary>Not a mutex, which another process may share and which is often kept for as long as the program runs.</summary>
    public bool IsOfThisProcess => Call.TargetMethod.Name is var name && (name.StartsWith("Enter", StringComparison.Ordinal) || name.StartsWith("TryEnter", StringComparison.Ordinal) || name.StartsWith("Exit", StringComparison.Ordinal));

    /// <summary>A method of this compilation that does so for its caller, and may ask before.</summary>
    public bool IsHelper => !Call.TargetMethod.DeclaringSyntaxReferences.IsEmpty;

    /// <summary>The local that says whether the lock is taken: <c>Enter(gate, ref taken)</c>, <c>taken = TryEnter(gate)</c>.</summary>
    public ILocalSymbol? Flag => Reference() is ILocalReferenceOperation { Local: var passed } ? passed : Result().Parent switch
    {
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var declared } } => declared,
        ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var assigned } } => assigned,
        _ => null,
    };

    /// <summary>Whether nobody asks if the lock was taken.</summary>
    public bool IsIgnored => Use == LockUse.Try && (Reference() is { } reference ? reference is ILocalReferenceOperation { Local: var local } && IsNeverRead(local, Call) : Result() is var result && result.Parent switch
    {
        IExpressionStatementOperation => true,
        ISimpleAssignmentOperation { Target: IDiscardOperation } => true,
        _ => Flag is { } flag && IsNeverRead(flag, Call),
    });

    /// <summary>What the call returns says whether the lock was taken, and is used: an unlimited wait says so too.</summary>
    public bool IsAsked => Result() is { Type.SpecialType: SpecialType.System_Boolean, Parent: not (IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation }) };

    /// <summary>Both are about one lock, as far as the code can tell.</summary>
    public bool IsOfSameLock(LockCall other) =>
        (Mode == other.Mode || Mode.Length == 0 || other.Mode.Length == 0) && LockRegions.AreSame(Lock, other.Lock);

    /// <summary>The call with what waits for it: <c>await gate.WaitAsync().ConfigureAwait(false)</c>. The call itself where nothing does.</summary>
    public IOperation Result()
    {
        IOperation result = Call;
        while (result.Parent is IAwaitOperation or IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation
            || result.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "GetAwaiter" or "GetResult" or "Wait" } chained && chained.Instance == result)
        {
            result = result.Parent;
        }

        return result;
    }

    /// <summary>A task that nobody waits for here takes the lock at some other time.</summary>
    public bool IsWaitedForHere => Call.TargetMethod.Name != "WaitAsync" || Result() is var result && result != Call
        && (result is IAwaitOperation || result.Descendants().Append(result).Any(operation => operation is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "GetResult" or "Wait" }));

    private IOperation? Reference() => Call.Arguments.FirstOrDefault(argument => argument.Parameter?.RefKind == RefKind.Ref && argument.Value.Type?.SpecialType == SpecialType.System_Boolean)?.Value;

    private static bool IsNeverRead(ILocalSymbol flag, IOperation call) => References.Of(flag, call).All(use => use.Parent switch
    {
        ISimpleAssignmentOperation { Target: var target } => target == use,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref } argument => argument.Parent == call,
        _ => false,
    });
}

/// <summary>The calls by which the locks of .NET are taken and released. (Scopes, <c>lock</c> and <c>EnterScope</c>, release by themselves.)</summary>
/// <param name="compilation">Whose types are meant.</param>
/// <param name="helpers">Knows the methods that take or release a lock for their caller; without it only the calls of .NET itself are seen.</param>
internal sealed class LockCalls(Compilation compilation, LockRegions? helpers = null)
{
    private readonly INamedTypeSymbol? _monitor = compilation.GetTypeByMetadataName("System.Threading.Monitor");
    private readonly INamedTypeSymbol? _lock = compilation.GetTypeByMetadataName("System.Threading.Lock");
    private readonly INamedTypeSymbol? _spinLock = compilation.GetTypeByMetadataName("System.Threading.SpinLock");
    private readonly INamedTypeSymbol? _slim = compilation.GetTypeByMetadataName("System.Threading.ReaderWriterLockSlim");
    private readonly INamedTypeSymbol? _readerWriter = compilation.GetTypeByMetadataName("System.Threading.ReaderWriterLock");
    private readonly INamedTypeSymbol? _mutex = compilation.GetTypeByMetadataName("System.Threading.Mutex");
    private readonly INamedTypeSymbol? _semaphore = compilation.GetTypeByMetadataName("System.Threading.Semaphore");
    private readonly INamedTypeSymbol? _semaphoreSlim = compilation.GetTypeByMetadataName("System.Threading.SemaphoreSlim");

    public LockCall? Of(IOperation operation) => operation is IInvocationOperation { IsImplicit: false } call ? Direct(call) ?? Helped(call) : null;

    /// <summary>The calls in the same function, not in lambdas or local functions of it, that release what this one takes.</summary>
    public List<LockCall> ReleasesOf(LockCall taken, IOperation function) =>
        [.. function.DescendantsInFunction().Select(Of).OfType<LockCall>().Where(other => other.Use == LockUse.Release && other.IsOfSameLock(taken))];

    private LockCall? Direct(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "Enter" => Own(call, LockUse.Take),
        "TryEnter" => Own(call, LockUse.Try),
        "Exit" => Own(call, LockUse.Release),
        "EnterReadLock" or "EnterWriteLock" or "EnterUpgradeableReadLock" => Slim(call, LockUse.Take, "Enter"),
        "TryEnterReadLock" or "TryEnterWriteLock" or "TryEnterUpgradeableReadLock" => Slim(call, LockUse.Try, "TryEnter"),
        "ExitReadLock" or "ExitWriteLock" or "ExitUpgradeableReadLock" => Slim(call, LockUse.Release, "Exit"),
        "AcquireReaderLock" => Old(call, LockUse.Take, "Read"),
        "AcquireWriterLock" => Old(call, LockUse.Take, "Write"),
        "ReleaseReaderLock" => Old(call, LockUse.Release, "Read"),
        "ReleaseWriterLock" => Old(call, LockUse.Release, "Write"),
        "ReleaseLock" => Old(call, LockUse.Release, ""),
        "WaitOne" => Waited(call, IsTypeOf(call, _mutex), IsTypeOf(call, _semaphore)),
        "Wait" or "WaitAsync" => Waited(call, isMutex: false, IsTypeOf(call, _semaphoreSlim)),
        "ReleaseMutex" => Create(call, LockUse.Release, call.Instance, "", IsTypeOf(call, _mutex), isSemaphore: false),
        "Release" => Create(call, LockUse.Release, call.Instance, "", IsTypeOf(call, _semaphoreSlim) || IsTypeOf(call, _semaphore), isSemaphore: true),
        _ => null,
    };

    // void EnterGate() => Monitor.Enter(_gate); what returns a value may return what leaves the lock.
    private LockCall? Helped(IInvocationOperation call) =>
        helpers?.HelperOf(call) is { } helper && (call.TargetMethod.ReturnsVoid || helper.IsAttempt)
            ? new LockCall(call, helper.IsAttempt ? LockUse.Try : helper.IsEntered ? LockUse.Take : LockUse.Release, helper.Lock, "", Is(helper.Lock.Type, _semaphoreSlim))
            : null;

    private LockCall? Own(IInvocationOperation call, LockUse use) =>
        Is(call.TargetMethod.ContainingType, _monitor)
            ? Create(call, use, call.Arguments.FirstOrDefault(argument => argument.Parameter?.Ordinal == 0)?.Value, "", isKnown: true, isSemaphore: false)
            : Create(call, use, call.Instance, "", Is(call.TargetMethod.ContainingType, _lock) || Is(call.TargetMethod.ContainingType, _spinLock), isSemaphore: false);

    private LockCall? Slim(IInvocationOperation call, LockUse use, string verb)
    {
        var name = call.TargetMethod.Name;
        return Create(call, use, call.Instance, name.Substring(verb.Length, name.Length - verb.Length - "Lock".Length), Is(call.TargetMethod.ContainingType, _slim), isSemaphore: false);
    }

    private LockCall? Old(IInvocationOperation call, LockUse use, string mode) =>
        Create(call, use, call.Instance, mode, Is(call.TargetMethod.ContainingType, _readerWriter), isSemaphore: false);

    private static LockCall? Waited(IInvocationOperation call, bool isMutex, bool isSemaphore) =>
        Create(call, HasLimit(call) ? LockUse.Try : LockUse.Take, call.Instance, "", isMutex || isSemaphore, isSemaphore);

    private static LockCall? Create(IInvocationOperation call, LockUse use, IOperation? held, string mode, bool isKnown, bool isSemaphore)
    {
        held = held is null ? null : ForeignDelegates.Accessed(held);
        return isKnown && held?.Unwrap() is { } value && LockRegions.AreSame(value, value) ? new LockCall(call, use, value, mode, isSemaphore) : null;
    }

    // A wait without end returns only with the lock.
    private static bool HasLimit(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { Type: { SpecialType: SpecialType.System_Int32 } or { Name: nameof(TimeSpan) } })
            {
                return argument.Value.Unwrap() is not ({ ConstantValue: { HasValue: true, Value: -1 } } or IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" });
            }
        }

        return false;
    }

    private static bool IsTypeOf(IInvocationOperation call, INamedTypeSymbol? wanted) =>
        Is(call.Instance?.Type ?? call.TargetMethod.ContainingType, wanted);

    private static bool Is(ITypeSymbol? type, INamedTypeSymbol? wanted) => wanted is not null && SymbolEqualityComparer.Default.Equals(type, wanted);
}
