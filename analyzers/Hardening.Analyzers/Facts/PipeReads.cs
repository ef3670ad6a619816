namespace Hardening.Analyzers.Facts;

/// <summary>How code reads a pipe: from where on, and where it stands still until the end.</summary>
internal sealed class PipeReads(IOperation started, CallGraph graph)
{
    private const int MostSteps = 3;

    /// <summary>In the same function. By its text: what is known of a member comes from another tree of operations than the start.</summary>
    public static bool AreTogether(IOperation one, IOperation other) => one.Function().Syntax == other.Function().Syntax;

    /// <summary>The call that hands the value to a helper.</summary>
    public static IInvocationOperation? CallOf(IOperation here)
    {
        while (here.Parent is IConversionOperation or IParenthesizedOperation)
        {
            here = here.Parent;
        }

        return here.Parent is IArgumentOperation { Parent: IInvocationOperation call } ? call : null;
    }

    /// <summary>Of several starts that one field holds, the first: what the others share with it is reported once.</summary>
    public static bool IsFirstIn(ISymbol member, IOperation started, ProcessTypes types)
    {
        var graph = types.Ownership.Graph!;
        var first = member.DeclaringSyntaxReferences.Select(part => MemberUses.Initial(member, graph.ModelOf(part.SyntaxTree)))
            .Concat(MemberUses.InAllParts(member, graph).Select(MemberUses.WrittenBy))
            .FirstOrDefault(value => value is not null and not { ConstantValue: { HasValue: true, Value: null } } && value.Unwrap() is not IDefaultValueOperation);
        return first is not null
            && (StatementOrder.Contains(first, started)
                || first.Unwrap() is ILocalReferenceOperation { Local: var local } && LocalSources.Of(local, first).FirstOrDefault() is { } source && StatementOrder.Contains(source, started));
    }

    /// <summary>A read that begins here.</summary>
    public static ChildRead Of(IOperation begin, IEnumerable<IOperation> ends, HeldUse held)
    {
        var inner = ends.ToList();
        var outer = held.Use == held.Here ? RunnerOf(begin) : CallOf(held.Here);
        return outer is null
            ? new ChildRead(begin, inner)
            : new ChildRead(begin, inner.Count == 0 ? [] : [.. inner, .. held.Use == held.Here ? EndsOf(outer) : EndsOfHelper((IInvocationOperation)outer)], outer);
    }

    public IEnumerable<ChildRead> OfStream(IOperation stream, HeldUse held, int steps = 0)
    {
        switch (stream.Parent)
        {
            case IConversionOperation or IParenthesizedOperation or IPropertyReferenceOperation { Property.Name: "BaseStream" }:
                return OfStream(stream.Parent, held, steps);
            case IConditionalAccessOperation access when access.WhenNotNull == stream:
                return OfStream(access, held, steps);
            case IConditionalAccessOperation access when access.WhenNotNull.DescendantsAndSelf().FirstOrDefault(operation => operation is IConditionalAccessInstanceOperation) is { } instance:
                return OfStream(instance, held, steps);
            case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when steps < MostSteps:
                return References.Of(local, stream).SelectMany(reference => OfStream(reference, held, steps + 1));
            case IPropertyReferenceOperation { Property.Name: "CurrentEncoding" }:
                return [];
            case IPropertyReferenceOperation { Property.Name: "EndOfStream" } end when Loop(end) is not null:
                return [Of(end, [end], held)];
            case IInvocationOperation call when call.Instance == stream:
                return [OfCall(call, held)];
            case IArgumentOperation { Parameter.Ordinal: var ordinal, Parent: IInvocationOperation call } when steps < MostSteps && graph.TargetOf(call) is { } method && graph.AnyBodyOf(method) is { } body:
                return OfHelper(call, method.Parameters[ordinal], body, held, steps);
            default:
                // Other code has the stream in its hands, and reads it.
                return [Of(stream, [], held)];
        }
    }

    /// <summary>Where this code waits for the task: an await or a blocking wait, at once or through a local.</summary>
    public static IEnumerable<IOperation> EndsOf(IOperation task, int steps = 0)
    {
        while (task.Parent is IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation
            || task.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "AsTask" or "WaitAsync" } call && call.Instance == task)
        {
            task = task.Parent;
        }

        return task.Parent switch
        {
            IAwaitOperation or IPropertyReferenceOperation { Property.Name: "Result" } or IInvocationOperation { TargetMethod.Name: "Wait" or "GetAwaiter" } => [task.Parent],
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when steps < MostSteps =>
                References.Of(local, task).Where(reference => AreTogether(reference, task)).SelectMany(reference => EndsOf(reference, steps + 1)),
            _ => [],
        };
    }

    /// <summary>Where the caller stands still for a helper that stands still.</summary>
    public static IEnumerable<IOperation> EndsOfHelper(IInvocationOperation call) => call.Type switch
    {
        { Name: "Task" or "ValueTask" } => EndsOf(call),
        { Name: "IEnumerable" or "IAsyncEnumerable" } => Walked(call) is { } loop ? [call] : [],
        _ => [call],
    };

    /// <summary>while (!p.HasExited) { … }</summary>
    public bool IsAskedByLoop(IOperation question) =>
        Loop(question) switch
        {
            IWhileLoopOperation { Condition: { } condition } => condition.Syntax.Span.Contains(question.Syntax.Span),
            IForLoopOperation { Condition: { } condition } => condition.Syntax.Span.Contains(question.Syntax.Span),
            _ => false,
        };

    public bool ShareLoop(IOperation one, IOperation other) => Loop(one) is { } loop && loop.Syntax == Loop(other)?.Syntax;

    /// <summary>The loop that reads, not one that starts a child in each round.</summary>
    public ILoopOperation? Loop(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not (null or IAnonymousFunctionOperation or ILocalFunctionOperation); outer = outer.Parent)
        {
            if (outer is ILoopOperation loop)
            {
                return loop.Syntax.SyntaxTree == started.Syntax.SyntaxTree && loop.Syntax.Span.Contains(started.Syntax.Span) ? null : loop;
            }
        }

        return null;
    }

    private ChildRead OfCall(IInvocationOperation call, HeldUse held) => call.TargetMethod.Name switch
    {
        "ReadToEnd" or "CopyTo" => Of(call, [call], held),
        "ReadToEndAsync" or "CopyToAsync" => Of(call, EndsOf(call), held),
        "ReadLine" or "Read" or "ReadBlock" when Loop(call) is not null => Of(call, [call], held),
        "ReadLineAsync" or "ReadAsync" or "ReadBlockAsync" when Loop(call) is not null => Of(call, EndsOf(call), held),
        _ => Of(call, [], held),
    };

    // A method of this code gets the reader: where it reads to the end, its caller stands still.
    private IEnumerable<ChildRead> OfHelper(IInvocationOperation call, IParameterSymbol reader, IOperation body, HeldUse held, int steps)
    {
        var inner = References.Of(reader, body).SelectMany(reference => OfStream(reference, new HeldUse(reference, reference), steps + 1)).ToList();
        return inner.Count == 0 ? []
            : [Of(call, inner.Exists(read => read.Ends.Any(end => end.Function().Syntax == body.Syntax || end.Function().Syntax == body.Root().Syntax)) ? EndsOfHelper(call) : [], held)];
    }

    private static IOperation? Walked(IOperation sequence)
    {
        while (sequence.Parent is IConversionOperation or IInvocationOperation { TargetMethod.Name: "WithCancellation" or "ConfigureAwait" })
        {
            sequence = sequence.Parent;
        }

        return sequence.Parent as IForEachLoopOperation;
    }

    // Task.Run(() => …), new Thread(() => …): the read begins where that stands.
    private static IOperation? RunnerOf(IOperation operation)
    {
        if (operation.Function() is not IAnonymousFunctionOperation { Parent: IDelegateCreationOperation { Parent: { } given } })
        {
            return null;
        }

        return (given as IArgumentOperation)?.Parent switch
        {
            IInvocationOperation { TargetMethod: { Name: "Run" or "StartNew" or "QueueUserWorkItem", ContainingType.Name: "Task" or "TaskFactory" or "ThreadPool" } } run => run,
            IObjectCreationOperation { Type.Name: "Thread" } thread => thread,
            _ => null,
        };
    }
}
