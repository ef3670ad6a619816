namespace Hardening.Analyzers.Facts;

/// <summary>Whether a timer's callback can still run when the timer ticks again, and does nothing about it.</summary>
internal sealed class TickOverlap
{
    // Guards stand at the beginning; what is further down is not looked for.
    private const int MostCalls = 3;

    private readonly CompilationFacts _facts;
    private readonly double? _period;
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _taken = new(SymbolEqualityComparer.Default);
    private bool _hasGuard;

    private TickOverlap(CompilationFacts facts, double? period) => (_facts, _period) = (facts, period);

    /// <summary>What takes so long.</summary>
    public string? Long { get; private set; }

    /// <summary>The name of what it is in the callback that takes so long; null where it surely ends in time, or lets no second one in.</summary>
    public static string? Of(IOperation callback, CompilationFacts facts, double? period)
    {
        var overlap = new TickOverlap(facts, period);
        switch ((callback.Unwrap() as IDelegateCreationOperation)?.Target)
        {
            case IAnonymousFunctionOperation { Symbol.IsAsync: var isAsync, Body: var body }:
                overlap.ReadCallback(body, isAsync);
                break;
            case IMethodReferenceOperation { Method: { IsAsync: true } method } when overlap.BodyOfAsync(method) is { } body:
                overlap.ReadCallback(body, isAsync: true);
                break;
            case IMethodReferenceOperation { Method: { IsAsync: false } method }:
                overlap.ReadMethod(method, MostCalls);
                break;
        }

        return overlap._hasGuard || overlap._asked.Overlaps(overlap._taken) ? null : overlap.Long;
    }

    // Async void is another rule's to report, unless it catches all.
    private void ReadCallback(IOperation body, bool isAsync)
    {
        if (!isAsync || CaughtAwaits.AreAllOf(body))
        {
            Read(body, MostCalls);
        }
    }

    private void ReadMethod(IMethodSymbol method, int calls)
    {
        if (_seen.Add(method) && _facts.Graph.BodyOf(method.OriginalDefinition, CancellationToken.None) is { } body)
        {
            Read(body, calls);
        }
    }

    private void Read(IOperation body, int calls)
    {
        foreach (var operation in body.DescendantsInFunction())
        {
            _hasGuard |= IsGuard(operation);
            if (_hasGuard)
            {
                return;
            }

            RememberFlag(operation);
            if (Long is null && _facts.Blocking.FindThrough(operation) is { } found && !IsShort(operation) && _facts.Regions.HeldAround(operation) is null)
            {
                Long = found.Name;
            }

            if (Long is null && operation is IInvocationOperation { TargetMethod: { IsAsync: true } started } && IsLeftAlone(operation))
            {
                Long = Names.Of(started);
            }

            Long ??= operation is IAwaitOperation { Operation: var awaited } ? LongIn(awaited, MostCalls) : null;
            if (calls > 0 && operation is IInvocationOperation call)
            {
                if (call.TargetMethod.IsAsync)
                {
                    ReadAsync(call.TargetMethod);
                }
                else if (_facts.Graph.TargetOf(call) is { } target)
                {
                    ReadMethod(target, calls - 1);
                }
            }
        }
    }

    // The body of an async method may hold the guard; what it waits for does not hold the callback.
    private void ReadAsync(IMethodSymbol method)
    {
        if (_seen.Add(method))
        {
            foreach (var operation in BodyOfAsync(method)?.DescendantsInFunction() ?? [])
            {
                _hasGuard |= IsGuard(operation);
                RememberFlag(operation);
            }
        }
    }

    private IOperation? BodyOfAsync(IMethodSymbol method) =>
        (method.PartialImplementationPart ?? method).OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is { } syntax
            ? _facts.Graph.ModelOf(syntax.SyntaxTree).GetOperation(syntax)
            : null;

    // What an async callback awaits: the timer does not wait with it. How long a task takes that was not made here, nobody knows.
    private string? LongIn(IOperation awaited, int calls)
    {
        var task = awaited.Unwrap();
        if (task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } configured })
        {
            task = configured.Unwrap();
        }

        if (task is not IInvocationOperation { TargetMethod: { Name: not "Yield" } started } call
            || !Functions.IsTask(started.ReturnType) || CompletedTasks.IsComplete(call) || IsShort(call))
        {
            return null;
        }

        if (started.DeclaringSyntaxReferences.IsEmpty)
        {
            return $"{started.ContainingType.Name}.{started.Name}";
        }

        return calls > 0 && started.IsAsync && BodyOfAsync(started) is { } body
            && !body.DescendantsInFunction().Any(operation => operation is IAwaitOperation { Operation: var inner } ? LongIn(inner, calls - 1) is not null : _facts.Blocking.Find(operation) is not null)
            ? null
            : Names.Of(started);
    }

    // _ = PollAsync(): the callback is over at once, and the work goes on. In a lambda with a parameter of that name it is no discard.
    private static bool IsLeftAlone(IOperation call)
    {
        var value = call;
        while (value.Parent is IConversionOperation)
        {
            value = value.Parent;
        }

        return call.Type?.Name is "Task" or "ValueTask"
            && value.Parent is IExpressionStatementOperation or ISimpleAssignmentOperation { Target: IDiscardOperation or IParameterReferenceOperation { Parameter.Name: "_" } };
    }

    private static bool IsGuard(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: var name, ContainingType.Name: var type } } call => type switch
        {
            // Counted only, it keeps nobody out.
            "Interlocked" => name is "CompareExchange" or "Exchange" or "Increment" or "Or" && call.Parent is not IExpressionStatementOperation,
            "Timer" or "ITimer" => name is "Change" or "Stop" or "Dispose" or "DisposeAsync" or "Close",
            "SemaphoreSlim" or "Semaphore" or "Mutex" or "WaitHandle" or "ManualResetEventSlim" => name is "Wait" or "WaitOne" or "WaitAsync",
            _ => name.StartsWith("TryEnter", StringComparison.Ordinal) || name.StartsWith("TryAcquire", StringComparison.Ordinal),
        },
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "Enabled" or "AutoReset", ContainingType.Name: "Timer" } } } => true,
        _ => false,
    };

    // if (_busy) return; _busy = true;
    private void RememberFlag(IOperation operation)
    {
        switch (operation)
        {
            case IConditionalOperation { Condition: var condition }:
                foreach (var asked in condition.DescendantsAndSelf())
                {
                    if (Flag(asked) is { } flag)
                    {
                        _asked.Add(flag);
                    }
                }

                break;
            case ISimpleAssignmentOperation { Target: var target } when Flag(target) is { } taken:
                _taken.Add(taken);
                break;
        }
    }

    private static ISymbol? Flag(IOperation operation) => operation switch
    {
        IFieldReferenceOperation { Field: { Type.SpecialType: SpecialType.System_Boolean } field } => field,
        IPropertyReferenceOperation { Property: { Type.SpecialType: SpecialType.System_Boolean } property } => property,
        ILocalReferenceOperation { Local: { Type.SpecialType: SpecialType.System_Boolean } local } => local,
        _ => null,
    };

    private bool IsShort(IOperation operation) =>
        _period is { } period
        && operation is IInvocationOperation { TargetMethod: { Name: "Sleep" or "Delay" or "Wait" or "WaitOne" or "Join", Parameters: { IsEmpty: false } }, Arguments: var arguments }
        && TimerPeriod.Milliseconds(arguments[0].Value.Unwrap()) is { } limit
        && limit >= 0 && limit < period;
}
