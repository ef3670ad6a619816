namespace Hardening.Analyzers.Facts;

/// <summary>What code does with a child process.</summary>
internal enum ChildUseKind
{
    /// <summary>An instance's <c>Start()</c>.</summary>
    Start,

    /// <summary>Kill of the process alone.</summary>
    Kill,

    KillTree,

    /// <summary>CloseMainWindow: the child may end, or not.</summary>
    AskToEnd,

    Wait,

    /// <summary>Asks whether it has ended: HasExited, ExitCode, ExitTime, WaitForExit(0).</summary>
    AskIfEnded,

    /// <summary>A handler is added to Exited.</summary>
    HandleExit,

    Dispose,
}

internal enum WaitLimit
{
    None,
    Time,
    Token,
}

/// <param name="kind">What is done.</param>
/// <param name="use">The expression whose value is the Process, in whatever method it stands.</param>
/// <param name="here">The operation of the method that was followed that leads there; the use itself where it is no helper's.</param>
/// <param name="at">The call, the property or the event assignment.</param>
internal sealed class ChildUse(ChildUseKind kind, IOperation use, IOperation here, IOperation at)
{
    public ChildUseKind Kind { get; } = kind;

    public IOperation Use { get; } = use;

    public IOperation Here { get; } = here;

    public IOperation At { get; } = at;

    /// <summary>In a method that the Process is passed to.</summary>
    public bool IsInHelper => Use != Here;

    public bool EndsIt => Kind is ChildUseKind.Kill or ChildUseKind.KillTree;
}

/// <summary>All that is done with one child, in the order of the text, from what <see cref="Ownership"/> has followed.</summary>
internal static class ChildUses
{
    public static IEnumerable<ChildUse> Of(Holding process)
    {
        foreach (var held in process.AllUses)
        {
            if (At(held) is { } at && KindOf(at) is { } kind)
            {
                yield return new ChildUse(kind, held.Use, held.Here, at);
            }
        }
    }

    /// <summary>How long the wait lasts at most. A constant -1 and <c>CancellationToken.None</c> are no limit.</summary>
    public static WaitLimit LimitOf(IInvocationOperation wait)
    {
        var limit = WaitLimit.None;
        foreach (var argument in wait.Arguments)
        {
            var value = argument.Value.Unwrap();
            if (argument.Parameter?.Type is { Name: "CancellationToken" })
            {
                limit = IsNoToken(value) ? limit : WaitLimit.Token;
            }
            else if (argument.Parameter?.Type is { SpecialType: SpecialType.System_Int32 } or { Name: "TimeSpan" } && !IsForEver(value))
            {
                limit = WaitLimit.Time;
            }
        }

        return limit == WaitLimit.None && LimitedTask(wait) is { } limited ? LimitOf(limited) : limit;
    }

    /// <summary>The wait gives a task: <c>WaitForExitAsync</c>.</summary>
    public static bool IsAsync(IInvocationOperation wait) => wait.TargetMethod.Name.EndsWith("Async", StringComparison.Ordinal);

    /// <summary>Somebody looks at what the call returns.</summary>
    public static bool IsResultUsed(IInvocationOperation call)
    {
        IOperation result = call;
        while (result.Parent is IConditionalAccessOperation or IParenthesizedOperation or IConversionOperation)
        {
            result = result.Parent;
        }

        return result.Parent switch
        {
            IExpressionStatementOperation => false,
            ISimpleAssignmentOperation { Target: IDiscardOperation } => false,
            // The body of a lambda that returns nothing is an expression statement; of one that returns something, what is done with that cannot be seen.
            _ => true,
        };
    }

    // WaitForExitAsync().WaitAsync(limit)
    private static IInvocationOperation? LimitedTask(IInvocationOperation wait) =>
        wait.Parent is IInvocationOperation { TargetMethod.Name: "WaitAsync" } limited && limited.Instance == wait ? limited : null;

    private static bool IsNoToken(IOperation value) =>
        value is IDefaultValueOperation or IPropertyReferenceOperation { Property: { Name: "None", ContainingType.Name: "CancellationToken" } };

    private static bool IsForEver(IOperation value) =>
        value.ConstantValue is { HasValue: true, Value: -1 }
        || value is IFieldReferenceOperation { Field: { Name: "InfiniteTimeSpan" or "Infinite", ContainingType.Name: "Timeout" } };

    private static IOperation? At(HeldUse held) => held.Use.Parent switch
    {
        IInvocationOperation call when call.Instance == held.Use => call,
        // The WaitForExitAsync of one's own, from before .NET 5, and its like.
        IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { } method } call } when (method.ReducedFrom ?? method).IsExtensionMethod => call,
        IPropertyReferenceOperation property => property,
        IMethodReferenceOperation method => method,
        IEventReferenceOperation { Parent: IEventAssignmentOperation assignment } => assignment,
        IUsingOperation used => used,
        _ => null,
    };

    private static ChildUseKind? KindOf(IOperation at) => at switch
    {
        IInvocationOperation { TargetMethod: { } method } call => KindOf(method, call),
        IMethodReferenceOperation { Method: { } method } => KindOf(method, call: null),
        IPropertyReferenceOperation { Property.Name: "HasExited" or "ExitCode" or "ExitTime" } => ChildUseKind.AskIfEnded,
        IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Event.Name: "Exited" } } => ChildUseKind.HandleExit,
        IUsingOperation => ChildUseKind.Dispose,
        _ => null,
    };

    private static ChildUseKind? KindOf(IMethodSymbol method, IInvocationOperation? call) => method.Name switch
    {
        "Start" => ChildUseKind.Start,
        "CloseMainWindow" => ChildUseKind.AskToEnd,
        "Dispose" or "Close" or "DisposeAsync" => ChildUseKind.Dispose,
        "WaitForExit" when call?.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 }) == true => ChildUseKind.AskIfEnded,
        var name when name.StartsWith("WaitForExit", StringComparison.Ordinal) => ChildUseKind.Wait,
        "Kill" => method.Parameters.Length > 0 && call?.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: false }) != true ? ChildUseKind.KillTree : ChildUseKind.Kill,
        var name when name.StartsWith("Kill", StringComparison.Ordinal) => name.IndexOf("Tree", StringComparison.Ordinal) >= 0 ? ChildUseKind.KillTree : ChildUseKind.Kill,
        _ => null,
    };
}
