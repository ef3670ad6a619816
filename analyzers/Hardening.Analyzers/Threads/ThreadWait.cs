using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>A call that holds its thread until something happens; tasks are <see cref="TaskWait"/>'s.</summary>
internal static class ThreadWait
{
    public static bool IsWait(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "Sleep" or "Join" or "WaitOne" or "WaitAll" or "WaitAny" or "Wait" or "SignalAndWait" or "SpinUntil" or "WaitForExit" or "WaitForInputIdle" => true,
        "Take" or "TakeFromAny" or "GetConsumingEnumerable" => call.TargetMethod.ContainingType.Name == "BlockingCollection",
        _ => false,
    };

    /// <summary>As a message names it; null where it waits for nothing, or another rule reports it.</summary>
    public static string? Name(IInvocationOperation call, Blocking blocking) =>
        blocking.Find(call) is { } found && !IsOfTask(call.TargetMethod) && !IsOver(call) ? found.Name : null;

    /// <summary>The same wait that gives the thread back exists.</summary>
    public static bool HasAsyncTwin(IInvocationOperation call) => (call.TargetMethod.ContainingType.Name, call.TargetMethod.Name) switch
    {
        ("Thread", "Sleep") or ("SemaphoreSlim", "Wait") => true,
        ("Process", "WaitForExit") => !call.TargetMethod.ContainingType.GetMembers("WaitForExitAsync").IsEmpty,
        _ => false,
    };

    /// <summary>Nothing is waited for any more, or the loop around it is a busy one, which is a mistake of its own (HRD1014).</summary>
    private static bool IsOver(IInvocationOperation wait) => wait.TargetMethod switch
    {
        { Name: "WaitForExit", Parameters.IsEmpty: true } => HasExitedBefore(wait),
        { Name: "SpinUntil", Parameters.Length: 1 } => true,
        { Name: "Sleep" } => StatementOrder.LoopAround(wait) is { } loop && BusyWait.Of(loop) is { Condition: not null },
        _ => false,
    };

    // HRD2007 reports these.
    private static bool IsOfTask(IMethodSymbol wait) => wait.ContainingType is { Name: "Task", ContainingNamespace.Name: "Tasks" };

    // await p.WaitForExitAsync(…); p.WaitForExit(): the second waits for the end of the output, which has come.
    private static bool HasExitedBefore(IInvocationOperation wait) =>
        wait.Instance is { } process && wait.Function().DescendantsInFunction().TakeWhile(operation => operation != wait).Any(operation => operation switch
        {
            IInvocationOperation { TargetMethod.Name: "WaitForExitAsync", Instance: { } awaited } => LockRegions.AreSame(process, awaited),
            IPropertyReferenceOperation { Property.Name: "HasExited", Instance: { } asked } => LockRegions.AreSame(process, asked),
            _ => false,
        });
}
