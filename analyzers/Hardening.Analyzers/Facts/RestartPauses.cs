namespace Hardening.Analyzers.Facts;

/// <summary>What keeps a restart from coming at once or for ever: a pause, a cap on the count, a queue that gives the next work.</summary>
internal static class RestartPauses
{
    // From a variable to its value, and on.
    private const int MostSteps = 2;

    private static readonly string[] Words = ["delay", "sleep", "pause", "backoff", "back_off", "retry", "throttle", "policy", "tick", "timer", "schedule", "debounce"];

    private static readonly string[] Arrivals =
        ["Wait", "Join", "Take", "TryTake", "Dequeue", "TryDequeue", "Read", "TryRead", "Receive", "Accept", "GetContext", "Pop", "TryPop", "MoveNext", "Poll", "Fetch", "Consume", "Prompt", "Ask", "Confirm", "Spin", "Acquire"];

    /// <summary>In doubt it is.</summary>
    /// <param name="part">Anything in the code that runs between two starts.</param>
    /// <param name="steps">The start, and the calls that lead to it.</param>
    /// <param name="facts">The bodies of helpers.</param>
    public static bool IsOne(IOperation part, ImmutableArray<IOperation> steps, CompilationFacts facts) => part switch
    {
        IInvocationOperation call => IsPause(call) || IsInHelper(call, facts),
        IObjectCreationOperation { Type.Name: "Timer" or "PeriodicTimer" } => true,
        IForEachLoopOperation { IsAsynchronous: true } => true,
        IAwaitOperation { Operation: var awaited, Parent: not IExpressionStatementOperation } => !IsOfChild(awaited, MostSteps) && !IsHere(awaited),
        // It counts something else than the starts.
        IBinaryOperation { Parent: IForLoopOperation inner } when !steps.Any(step => inner.Syntax.SyntaxTree == step.Syntax.SyntaxTree && inner.Syntax.Span.Contains(step.Syntax.Span)) => false,
        IBinaryOperation binary => IsCap(binary),
        IRelationalPatternOperation { Value.ConstantValue: { HasValue: true, Value: not 0 } } => true,
        _ => false,
    };

    private static bool IsPause(IInvocationOperation call)
    {
        var name = call.TargetMethod.Name;
        return Words.Any(word => Has(name, word) || call.Instance is { } instance && Has(instance.Syntax.ToString(), word))
            || Arrivals.Any(arrival => name.StartsWith(arrival, StringComparison.Ordinal)) && !name.StartsWith("WaitFor", StringComparison.Ordinal) && !IsQuestion(call) && !IsOfChild(call, MostSteps)
            || name is "WaitForNextTickAsync" or "WaitForConnection" or "WaitForConnectionAsync" or "WaitForChanged" or "WaitForMessageAsync";
    }

    // BackOff(attempt), whose body sleeps.
    private static bool IsInHelper(IInvocationOperation call, CompilationFacts facts) =>
        !call.TargetMethod.DeclaringSyntaxReferences.IsEmpty
        && Bodies.Of(call.TargetMethod, facts.Graph) is { } body
        && Bodies.Operations(body).Any(part => part is IInvocationOperation inner && IsPause(inner));

    // WaitOne(0): goes on at once.
    private static bool IsQuestion(IInvocationOperation call) => call.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: 0 });

    // A call on the child or on one of its streams; or of the task of one, also through a variable.
    private static bool IsOfChild(IOperation operation, int steps) =>
        operation.DescendantsAndSelf().Any(part =>
            part.Type?.Name == "Process"
            || part is IInvocationOperation { TargetMethod.Name: var name } && name.StartsWith("WaitForExit", StringComparison.Ordinal)
            || steps > 0 && part is ILocalReferenceOperation { Local: var local } && LocalSources.Of(local, part).Any(source => IsOfChild(source, steps - 1)));

    // What is awaited is code of this compilation: that is looked at by itself.
    private static bool IsHere(IOperation awaited) =>
        awaited.DescendantsAndSelf().OfType<IInvocationOperation>().LastOrDefault(call => call.TargetMethod.Name != "ConfigureAwait") is { TargetMethod.DeclaringSyntaxReferences.IsEmpty: false };

    // A number or a time that is compared: so many restarts, so soon after the last.
    private static bool IsCap(IBinaryOperation binary) => binary.OperatorKind switch
    {
        BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual =>
            !IsExitCode(binary.LeftOperand) && !IsExitCode(binary.RightOperand),
        BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals => IsCounter(binary.LeftOperand) || IsCounter(binary.RightOperand),
        _ => false,
    };

    private static bool IsExitCode(IOperation value) =>
        value.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property.Name: "ExitCode" }
            || part is ILocalReferenceOperation { Local: var local } && LocalSources.Of(local, part).Any(source => source.Unwrap() is IPropertyReferenceOperation { Property.Name: "ExitCode" }));

    private static bool IsCounter(IOperation value) => value.Unwrap() switch
    {
        IIncrementOrDecrementOperation => true,
        ILocalReferenceOperation { Local: var local } => References.Of(local, value).Any(use => use.Parent is IIncrementOrDecrementOperation or ICompoundAssignmentOperation),
        IFieldReferenceOperation { Field: var field } => value.Root().Descendants().Any(part => part is IIncrementOrDecrementOperation { Target: IFieldReferenceOperation { Field: var counted } } && SymbolEqualityComparer.Default.Equals(counted, field)),
        _ => false,
    };

    private static bool Has(string text, string word) => text.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
