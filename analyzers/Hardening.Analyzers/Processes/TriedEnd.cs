using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>A method that tries to end a child and says whether it has: <c>bool TryKill(Process process)</c>.</summary>
internal static class TriedEnd
{
    public static bool IsNamed(string name) =>
        name.StartsWith("Try", StringComparison.Ordinal)
        && (name.StartsWith("TryKill", StringComparison.Ordinal) || name.StartsWith("TryTerminate", StringComparison.Ordinal) || name.StartsWith("TryStop", StringComparison.Ordinal));

    /// <summary>The answer is dropped, and nothing asks or waits afterwards.</summary>
    public static bool IsForgotten(IInvocationOperation call, ISymbol containing, ProcessTypes types, CompilationFacts facts)
    {
        if (!SaysWhether(call.TargetMethod.ReturnType) || IsResultUsed(call) || IsBestEffort(call, containing) || ChildOf(call, types, facts) is not { } child)
        {
            return false;
        }

        var history = ChildHistory.Of(child, types);
        return !history.IsForeign
            && !history.IsEndedByNumber
            && !history.Uses.Any(use => !StatementOrder.Contains(call, use.Here)
                && (use.EndsIt || use.Kind is ChildUseKind.AskIfEnded or ChildUseKind.Wait)
                && (StatementOrder.MayPrecede(call, use.Here) || StatementOrder.AreInOneFunction(call, use.Here) && StatementOrder.LoopAround(call) is { } loop && StatementOrder.Contains(loop, use.Here)));
    }

    private static bool SaysWhether(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_Boolean
        || type is INamedTypeSymbol { TypeArguments: { Length: 1 } results } && Functions.IsTask(type) && results[0].SpecialType == SpecialType.System_Boolean;

    private static bool IsResultUsed(IInvocationOperation call)
    {
        IOperation result = call;
        while (result.Parent is IAwaitOperation or IConditionalAccessOperation or IParenthesizedOperation
            || result.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" } configured && configured.Instance == result)
        {
            result = result.Parent;
        }

        return result.Parent is not IExpressionStatementOperation;
    }

    // Nobody could do more there: the method leaves, or the owner is disposed.
    private static bool IsBestEffort(IOperation call, ISymbol containing)
    {
        if (containing.Name is "Dispose" or "DisposeAsync" or "DisposeAsyncCore" or "Finalize" || containing is IMethodSymbol { MethodKind: MethodKind.Destructor })
        {
            return true;
        }

        for (var outer = call.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is ICatchClauseOperation or IAnonymousFunctionOperation || outer is ITryOperation { Finally: { } last } && StatementOrder.Contains(last, call))
            {
                return true;
            }
        }

        return false;
    }

    private static IOperation? ChildOf(IInvocationOperation call, ProcessTypes types, CompilationFacts facts)
    {
        if (call.Instance is { } instance && types.IsProcess(instance.Type))
        {
            return instance;
        }

        foreach (var argument in call.Arguments)
        {
            if (types.IsProcess(argument.Value.Unwrap().Type))
            {
                return argument.Value.Unwrap();
            }
        }

        // The method kills what a field holds.
        return facts.Graph.TargetOf(call) is { } method && facts.Graph.AnyBodyOf(method) is { } body
            ? body.Descendants().OfType<IInvocationOperation>().FirstOrDefault(kill => types.IsMember(kill.TargetMethod, "Kill"))?.Instance
            : null;
    }
}
