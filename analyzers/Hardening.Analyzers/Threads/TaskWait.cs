using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Threads;

/// <summary>An operation that blocks on tasks: <c>Result</c>, <c>Wait</c>, <c>GetAwaiter().GetResult()</c>, <c>WaitAll</c>, <c>WaitAny</c>.</summary>
internal readonly struct TaskWait
{
    private static readonly ImmutableArray<string> Pipes = ImmutableArray.Create("StandardOutput", "StandardError");

    private readonly IOperation _operation;

    private TaskWait(IOperation operation, IOperation? task) => (_operation, Task) = (operation, task);

    /// <summary>Null where several are waited for.</summary>
    public IOperation? Task { get; }

    /// <summary>It ends after some time at the latest.</summary>
    public bool IsBounded => _operation is IInvocationOperation call && call.Arguments.Any(argument =>
        argument.Parameter is { Type: { SpecialType: SpecialType.System_Int32 } or { Name: nameof(TimeSpan) } } && !IsInfinite(argument.Value.Unwrap()));

    /// <summary>
    /// Several are waited for, and there is but one: whoever writes that wants nothing but its end, and blocks on purpose. This is what HRD1014's fix makes
    /// of a loop that polls.
    /// </summary>
    public bool IsForOneEnd => _operation is IInvocationOperation { TargetMethod.Name: "WaitAny", Arguments: var arguments }
        && arguments[0] is { ArgumentKind: ArgumentKind.ParamArray, Value: IArrayCreationOperation { Initializer.ElementValues.Length: 1 } };

    /// <summary>
    /// All that is waited for are pipes of a child that are read in the background: a synchronous method cannot read two pipes at once in another way,
    /// and their reader needs no context.
    /// </summary>
    public bool IsForPipes => (Task is { } task ? [task.Unwrap()] : _operation.Descendants().Where(part => Functions.IsTask(part.Type) && part is ILocalReferenceOperation or IFieldReferenceOperation))
        .Select(IsOfPipe).DefaultIfEmpty(false).All(isOfPipe => isOfPipe);

    public static TaskWait? Of(IOperation operation) => operation switch
    {
        IPropertyReferenceOperation { Property: { Name: "Result", ContainingType.Name: "Task" or "ValueTask" }, Instance: { } task, Parent: not INameOfOperation } => new(operation, task),
        IInvocationOperation { TargetMethod: { Name: "Wait", ContainingType.Name: "Task" }, Instance: { } task } => new(operation, task),
        IInvocationOperation { TargetMethod: { Name: "WaitAll" or "WaitAny", ContainingType.Name: "Task" } } => new(operation, task: null),
        // An awaiter that is kept is asked by code that knows when it has ended.
        IInvocationOperation { TargetMethod.Name: "GetResult", Instance: IInvocationOperation { TargetMethod.Name: "GetAwaiter", Instance: { } task } } => new(operation, task),
        _ => null,
    };

    /// <summary>What the shared facts cannot see: a continuation that is a method of its own, and the End method of a Begin method, which has to block.</summary>
    public bool IsOver(Callers callers)
    {
        for (var task = Task; task is IConversionOperation conversion; task = conversion.Operand)
        {
            if (conversion.Operand.Type?.Name == nameof(IAsyncResult))
            {
                return true;
            }
        }

        return Task?.Unwrap() is IParameterReferenceOperation { Parameter.ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.AnonymousFunction } method }
            && Handover.Of(method, callers).Any(handover => handover is { To: Runner.Pool, Name: "ContinueWith" or "ContinueWhenAny" or "ContinueWhenAll" });
    }

    private static bool IsInfinite(IOperation time) =>
        time.ConstantValue is { HasValue: true, Value: -1 } || time is IFieldReferenceOperation { Field.Name: "InfiniteTimeSpan" };

    private static bool IsOfPipe(IOperation task)
    {
        var made = task switch
        {
            ILocalReferenceOperation { Local: var local } => Initializers.Of(local, task),
            IFieldReferenceOperation { Field: var field } => Assigned(field, task),
            _ => task,
        };
        return made is not null && made.DescendantsAndSelf().Any(part => IsPipe(part) || part is ILocalReferenceOperation { Local: var reader } && Initializers.Of(reader, task)?.Unwrap() is { } pipe && IsPipe(pipe));
    }

    private static bool IsPipe(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property: { ContainingType.Name: "Process", Name: var name } } && Pipes.Contains(name);

    private static IOperation? Assigned(IFieldSymbol field, IOperation use) =>
        use.SemanticModel is { } model && field.DeclaredAccessibility == Accessibility.Private
            ? MemberUses.Of(field, model).Select(MemberUses.WrittenBy).FirstOrDefault(value => value?.DescendantsAndSelf().Any(IsPipe) == true)
            : null;
}
