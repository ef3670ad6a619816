namespace Hardening.Analyzers.Facts;

/// <summary>Who runs a function that is handed over.</summary>
internal enum Runner
{
    Unknown,

    /// <summary>A thread that is made for it: <c>new Thread</c>, <c>LongRunning</c>.</summary>
    OwnThread,

    /// <summary>A pool thread that was asked for here: <c>Task.Run</c>, <c>QueueUserWorkItem</c>.</summary>
    StartedWork,

    /// <summary>A pool thread that calls back: a timer, a continuation, a Begin method, a registered wait.</summary>
    Pool,

    /// <summary>Whoever raises an event.</summary>
    Event,

    /// <summary>Whoever the function was registered with: a cancellation, a library.</summary>
    Callback,

    /// <summary>A parallel loop or query that has no limit of its own.</summary>
    UnlimitedLoop,

    /// <summary>Nobody: it is an expression tree.</summary>
    Nobody,
}

/// <summary>What a lambda or a method group is given to.</summary>
internal readonly struct Handover(Runner to, string name, INamedTypeSymbol? raiser = null, bool isOnce = false)
{
    private const int LongRunning = 2;

    public Runner To { get; } = to;

    /// <summary>As a message names it: the event, or the method that takes the function.</summary>
    public string Name { get; } = name;

    /// <summary>The type that raises the event.</summary>
    public INamedTypeSymbol? Raiser { get; } = raiser;

    /// <summary>A timer that ticks once.</summary>
    public bool IsOnce { get; } = isOnce;

    /// <summary>All that the function around the operation is given to, as far as the documents of its type say.</summary>
    public static IEnumerable<Handover> OfFunctionAround(IOperation operation, ISymbol containing, Callers callers) => operation.Function() switch
    {
        IAnonymousFunctionOperation lambda => [Of(lambda)],
        ILocalFunctionOperation { Symbol: var local } => Of(local, callers),
        _ => containing is IMethodSymbol method ? Of(method, callers) : [],
    };

    /// <summary>All that the method is given to, in the documents of its type.</summary>
    public static IEnumerable<Handover> Of(IMethodSymbol method, Callers callers) => callers.GroupsOf(method).Select(Of);

    /// <param name="function">A lambda, or a reference to a method.</param>
    public static Handover Of(IOperation function)
    {
        var value = AsDelegate(function);
        return (value.Type?.Name, value.Parent) switch
        {
            ("Expression", _) => new(Runner.Nobody, "Expression"),
            ("TimerCallback", var given) => new(Runner.Pool, "Timer", isOnce: IsOnceIn(given?.Parent)),
            ("ElapsedEventHandler", _) => new(Runner.Pool, "Elapsed"),
            ("AsyncCallback" or "WaitOrTimerCallback", IArgumentOperation { Parent: IInvocationOperation call }) => new(Runner.Pool, call.TargetMethod.Name),
            (_, IEventAssignmentOperation { Adds: true, EventReference: IEventReferenceOperation { Event: var raised } }) => new(Runner.Event, raised.Name, raised.ContainingType),
            (_, IArgumentOperation { Parent: IInvocationOperation call } argument) => OfCall(call, argument),
            (_, IArgumentOperation { Parent: IObjectCreationOperation { Type: { } created } creation }) => created switch
            {
                { Name: "Thread", ContainingNamespace.Name: "Threading" } => new(Runner.OwnThread, "Thread"),
                { Name: "Task", ContainingNamespace.Name: "Tasks" } => new(IsLongRunning(creation.Arguments) ? Runner.OwnThread : Runner.StartedWork, "Task"),
                _ => new(Runner.Unknown, created.Name),
            },
            _ => default,
        };
    }

    /// <summary>The delegate that a lambda or a method group is made.</summary>
    public static IOperation AsDelegate(IOperation function)
    {
        while (function.Parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
        {
            function = function.Parent;
        }

        return function;
    }

    public static bool IsLongRunning(ImmutableArray<IArgumentOperation> arguments)
    {
        foreach (var argument in arguments)
        {
            if (argument is { Parameter.Type.Name: "TaskCreationOptions", Value.ConstantValue: { HasValue: true, Value: int options } } && (options & LongRunning) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static Handover OfCall(IInvocationOperation call, IArgumentOperation argument)
    {
        var method = call.TargetMethod;
        var name = $"{method.ContainingType.Name}.{method.Name}";
        return (method.ContainingType.Name, method.Name) switch
        {
            ("Task" or "TaskFactory", "Run" or "StartNew") => new(IsLongRunning(call.Arguments) ? Runner.OwnThread : Runner.StartedWork, name),
            ("ThreadPool", "QueueUserWorkItem" or "UnsafeQueueUserWorkItem") => new(Runner.StartedWork, name),
            ("Task" or "TaskFactory", "ContinueWith" or "ContinueWhenAll" or "ContinueWhenAny") => new(Runner.Pool, method.Name),
            ("Parallel", "For" or "ForEach" or "Invoke") => new(HasDegree(call) ? Runner.Unknown : Runner.UnlimitedLoop, name),
            ("ParallelEnumerable", _) => new(IsLimited(call) ? Runner.Unknown : Runner.UnlimitedLoop, name),
            _ when IsRegistration(method.Name) || Has(argument.Parameter?.Name, "callback") || Has(argument.Parameter?.Type.Name, "callback") => new(Runner.Callback, method.Name),
            _ => new(Runner.Unknown, name),
        };
    }

    private static bool IsOnceIn(IOperation? timer)
    {
        var arguments = timer switch
        {
            IObjectCreationOperation creation => creation.Arguments,
            IInvocationOperation call => call.Arguments,
            _ => ImmutableArray<IArgumentOperation>.Empty,
        };
        return arguments.Any(argument => argument.Parameter?.Name == "period"
            && (argument.Value.Unwrap() is { ConstantValue: { HasValue: true, Value: -1 or -1L or uint.MaxValue } } or IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" }));
    }

    private static bool HasDegree(IInvocationOperation loop)
    {
        foreach (var argument in loop.Arguments)
        {
            if (argument.Parameter?.Type.Name == "ParallelOptions")
            {
                return argument.Value.Unwrap() is not IObjectCreationOperation made || SetsDegree(made.Initializer);
            }
        }

        return false;
    }

    private static bool SetsDegree(IObjectOrCollectionInitializerOperation? initializer) =>
        initializer is not null && initializer.Initializers.Any(set =>
            set is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "MaxDegreeOfParallelism" } });

    private static bool IsLimited(IInvocationOperation query)
    {
        for (IOperation? source = query; source is IInvocationOperation call; source = (call.Instance ?? call.Arguments.FirstOrDefault()?.Value)?.Unwrap())
        {
            if (call.TargetMethod.Name == "WithDegreeOfParallelism")
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRegistration(string method) =>
        method.StartsWith("Register", StringComparison.Ordinal) || method.StartsWith("Subscribe", StringComparison.Ordinal) || method == "UnsafeRegister";

    private static bool Has(string? text, string word) => text?.IndexOf(word, StringComparison.OrdinalIgnoreCase) >= 0;
}
