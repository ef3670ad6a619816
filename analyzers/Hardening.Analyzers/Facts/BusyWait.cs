using System.Globalization;

namespace Hardening.Analyzers.Facts;

/// <summary>A loop that asks until another thread has done something, and does nothing itself but ask.</summary>
internal sealed class BusyWait
{
    // A loop with more statements does work.
    private const int MostStatements = 4;

    private readonly ILoopOperation _loop;
    private readonly PolledState _state;
    private bool _spins;

    private BusyWait(ILoopOperation loop) => (_loop, _state) = (loop, new PolledState(loop));

    /// <summary>What is asked.</summary>
    public IOperation? Condition { get; private set; }

    /// <summary>It goes on while the condition has this value.</summary>
    public bool GoesOnWhen { get; private set; }

    /// <summary>A pause that blocks the thread: under a lock it is another rule's.</summary>
    public bool Sleeps { get; private set; }

    /// <summary>Null when the loop works, waits, or ends by itself.</summary>
    public static BusyWait? Of(ILoopOperation loop)
    {
        if (loop is not (IWhileLoopOperation or IForLoopOperation) || loop.Body is IBlockOperation { Operations.Length: > MostStatements })
        {
            return null;
        }

        var wait = new BusyWait(loop);
        return wait.IsBusy() ? wait : null;
    }

    private bool IsBusy()
    {
        var isPassive = _loop switch
        {
            IWhileLoopOperation { Condition: var condition } => Asks(condition, goesOnWhen: true),
            IForLoopOperation { Before: var before, AtLoopBottom: var bottom, Condition: var condition } =>
                before.All(IsSpinner) && bottom.All(IsPassive) && Asks(condition, goesOnWhen: true),
            _ => false,
        };
        return isPassive
            && IsPassive(_loop.Body)
            && Condition is not null
            && _state is { Polls: true, HasLimit: false }
            && !(_spins && IsLockFree());
    }

    private bool Asks(IOperation? condition, bool goesOnWhen)
    {
        if (condition is null or { ConstantValue: { HasValue: true, Value: true } })
        {
            return true;
        }

        if (Condition is null)
        {
            (Condition, GoesOnWhen) = (condition, goesOnWhen);
        }

        return _state.IsRead(condition, goesOnWhen);
    }

    private bool IsPassive(IOperation statement) => statement switch
    {
        IEmptyOperation => true,
        IBlockOperation { Operations: var statements } => statements.All(IsPassive),
        ILockOperation { Body: var body } => IsPassive(body),
        IConditionalOperation { WhenTrue: var then, WhenFalse: var otherwise } choice =>
            Asks(choice.Condition, goesOnWhen: !IsExit(then)) && (IsExit(then) || IsPassive(then)) && (otherwise is null || IsExit(otherwise) || IsPassive(otherwise)),
        IVariableDeclarationGroupOperation { Declarations: var declarations } => declarations.SelectMany(declaration => declaration.Declarators).All(declarator =>
            declarator.GetVariableInitializer() is { Value: var value } && _state.IsRead(value, goesOnWhen: true)),
        IBranchOperation { BranchKind: BranchKind.Continue } => true,
        IExpressionStatementOperation { Operation: var expression } => IsPause(expression),
        _ => false,
    };

    // What is done on the way out is done once.
    private static bool IsExit(IOperation statement) => statement switch
    {
        IBranchOperation { BranchKind: BranchKind.Break or BranchKind.GoTo } or IReturnOperation { Kind: OperationKind.Return } or IThrowOperation => true,
        IExpressionStatementOperation { Operation: IThrowOperation } => true,
        IBlockOperation { Operations: { IsEmpty: false } statements } => IsExit(statements[statements.Length - 1]),
        _ => false,
    };

    private bool IsPause(IOperation expression)
    {
        switch (expression)
        {
            case IAwaitOperation { Operation: var awaited }:
                return IsShortAwait(awaited);
            case IInvocationOperation { TargetMethod: { Name: var name, ContainingType: { Name: var type, ContainingNamespace: { Name: "Threading", ContainingNamespace.Name: "System" } } } } call:
                _spins |= name is "SpinOnce" or "SpinWait";
                Sleeps |= name == "Sleep" && IsShort(call, most: 1) && !IsShort(call, most: 0);
                return (type, name) switch
                {
                    ("Thread", "Sleep") => IsShort(call, most: 1),
                    ("Thread", "Yield" or "SpinWait" or "MemoryBarrier") => true,
                    ("Interlocked", "MemoryBarrier") => true,
                    ("SpinWait", "SpinOnce") => true,
                    ("CancellationToken", "ThrowIfCancellationRequested") => true,
                    _ => false,
                };
            default:
                return false;
        }
    }

    private static bool IsShortAwait(IOperation awaited)
    {
        if (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner })
        {
            awaited = inner;
        }

        return awaited is IInvocationOperation { TargetMethod: { ContainingType.Name: "Task", Name: var name } } call && (name == "Yield" || name == "Delay" && IsShort(call, most: 1));
    }

    private static bool IsShort(IInvocationOperation pause, int most) => pause.Arguments.FirstOrDefault()?.Value.Unwrap() switch
    {
        { ConstantValue: { HasValue: true, Value: int number } } => number >= 0 && number <= most,
        IFieldReferenceOperation { Field: { Name: "Zero", ContainingType.Name: "TimeSpan" } } => true,
        IInvocationOperation { TargetMethod: { Name: "FromMilliseconds", ContainingType.Name: "TimeSpan" }, Arguments: var arguments } =>
            arguments.FirstOrDefault()?.Value.ConstantValue.Value is { } time && Convert.ToDouble(time, CultureInfo.InvariantCulture) <= most,
        _ => false,
    };

    private static bool IsSpinner(IOperation statement) =>
        statement is IVariableDeclarationGroupOperation { Declarations: var declarations } && declarations.All(declaration => declaration.Declarators.All(declarator => declarator.Symbol.Type.Name == "SpinWait"));

    // Whoever writes by Interlocked and Volatile waits for the few instructions of another thread, and by spinning does it right.
    private bool IsLockFree() =>
        _loop.Root().Descendants().Any(operation => operation is IInvocationOperation { TargetMethod.ContainingType.Name: "Interlocked" or "Volatile" });
}
