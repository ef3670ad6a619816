namespace Hardening.Analyzers.Facts;

/// <summary>Whether code that starts a child goes on before the child has ended: asked from the start outwards, function by function.</summary>
internal sealed class ChildEnd
{
    // From a variable to its uses, and on: they can go round in a circle.
    private const int MostSteps = 3;

    private enum State
    {
        /// <summary>The child runs on.</summary>
        Runs,

        /// <summary>It has ended.</summary>
        Ended,

        /// <summary>A task tells when it has.</summary>
        Told,

        /// <summary>Whoever called has the child, and may wait for it.</summary>
        Given,
    }

    /// <summary>When one round (of the loop, of the handler) is over, so is the child; in doubt it is.</summary>
    public static bool IsSeenBy(Root root, StartedChild child)
    {
        var (state, operation) = (State.Runs, (IOperation)child.Start);
        var next = 0;
        while (true)
        {
            var function = operation.Function();
            var loop = root.Loop is { } own && own.Function() == function && own.Syntax.Span.Contains(operation.Syntax.Span) ? own : null;
            var within = (IOperation?)loop ?? function;
            state = operation == child.Start ? AfterStart(child, within) : After(operation, state, within);
            if (loop is not null)
            {
                return state == State.Ended;
            }

            var symbol = SymbolOf(function, operation);
            state = Left(state, symbol);
            if (function == root.Function)
            {
                return state == State.Ended || state == State.Told && IsAwaitedByCaller(function);
            }

            if (function is IAnonymousFunctionOperation)
            {
                if (CallOf(function) is not { } taker)
                {
                    return false;
                }

                (operation, state) = (taker, Taken(taker, state));
            }
            else if (next < root.Path.Length)
            {
                operation = root.Path[next++];
                if (operation is IMethodReferenceOperation && CallOf(operation) is { } taker)
                {
                    (operation, state) = (taker, Taken(taker, state));
                }
            }
            else
            {
                return root.Function is IMethodReferenceOperation given ? state == State.Ended || state == State.Told && IsAwaitedByCaller(given) : state == State.Ended;
            }
        }
    }

    /// <summary>The call that a lambda or a method group is given to.</summary>
    public static IInvocationOperation? CallOf(IOperation function) =>
        Functions.AsDelegate(function).Parent is IArgumentOperation { Parent: IInvocationOperation call } ? call : null;

    /// <summary>Within this code, somebody waits for the end of the child that is at hand in these places.</summary>
    public static bool IsWaited(IEnumerable<IOperation> uses, IOperation within) =>
        uses.Any(use => within.Syntax.Span.Contains(use.Syntax.Span) && use.Function() == (within is ILoopOperation ? within.Function() : within) && IsWait(use, within));

    private static State AfterStart(StartedChild child, IOperation within) =>
        IsWaited(child.Uses(), within) || IsToldHere(child, within) ? State.Ended
        : child.Uses().Any(use => use.Parent is IInvocationOperation { TargetMethod.Name: "WaitForExitAsync" } wait && IsReturned(wait)) ? State.Told
        : State.Runs;

    private static State After(IOperation call, State state, IOperation within) => state switch
    {
        State.Told => IsAwaited(call, within, MostSteps) ? State.Ended : IsReturned(call) ? State.Told : State.Runs,
        State.Given => IsWaited(UsesOf(call), within) ? State.Ended : State.Runs,
        _ => state,
    };

    // What the caller of a function has in its hands when the call is over.
    private static State Left(State state, IMethodSymbol? function) => function switch
    {
        null => state,
        { IsAsync: true, ReturnsVoid: true } => State.Runs,
        { IsAsync: true } => state == State.Ended ? State.Told : state,
        _ when state == State.Runs && function.ReturnType.Name == "Process" => State.Given,
        // A task of its own making, completed by Exited.
        _ when state == State.Runs && Functions.IsTask(function.ReturnType) => State.Told,
        _ => state,
    };

    // The pool runs it, and its task tells when it is done; a walk or a loop runs it before it returns.
    private static State Taken(IInvocationOperation call, State state) => call.TargetMethod.Name switch
    {
        "Run" or "StartNew" or "ForEachAsync" => state == State.Runs ? State.Runs : State.Told,
        "QueueUserWorkItem" or "UnsafeQueueUserWorkItem" => State.Runs,
        _ => state,
    };

    private static bool IsWait(IOperation use, IOperation within)
    {
        var user = use.Parent is IArgumentOperation argument ? argument.Parent : use.Parent;
        return user switch
        {
            IInvocationOperation { TargetMethod.Name: "WaitForExit" } => true,
            IInvocationOperation { TargetMethod.Name: var name } call when name.StartsWith("WaitForExit", StringComparison.Ordinal) => IsAwaited(call, within, MostSteps),
            IInvocationOperation { TargetMethod: { DeclaringSyntaxReferences: { IsEmpty: false } declarations } } call when call.Instance != use =>
                Mentions.Any(Waits, declarations[0].GetSyntax()) && (!Functions.IsTask(call.Type) || IsAwaited(call, within, MostSteps)),
            IPropertyReferenceOperation { Property.Name: "HasExited" } => true,
            IPropertyReferenceOperation { Property.Name: "StandardOutput" or "StandardError" } stream => IsReadToEnd(stream, within),
            _ => false,
        };
    }

    private static readonly ImmutableArray<string> Waits = ImmutableArray.Create("WaitForExit", "HasExited", "ReadToEnd");

    private static bool IsReadToEnd(IOperation stream, IOperation within) => stream.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "ReadToEnd" or "ReadLine" } => true,
        IInvocationOperation { TargetMethod.Name: "ReadToEndAsync" or "ReadLineAsync" } read => IsAwaited(read, within, MostSteps),
        _ => false,
    };

    // process.Exited += … completes what is awaited here.
    private static bool IsToldHere(StartedChild child, IOperation within) =>
        child.Uses().Any(use => use.Parent is IEventReferenceOperation { Event.Name: "Exited" })
        && within.DescendantsInFunction().Any(part => part is IAwaitOperation or IInvocationOperation { TargetMethod.Name: "Wait" or "WaitOne" or "GetAwaiter" });

    private static bool IsAwaited(IOperation task, IOperation within, int steps)
    {
        while (true)
        {
            switch (task.Parent)
            {
                case IAwaitOperation or IPropertyReferenceOperation { Property.Name: "Result" } or IInvocationOperation { TargetMethod.Name: "Wait" or "GetAwaiter" or "WaitAll" or "RunSynchronously" }:
                    return true;
                case IConversionOperation or IParenthesizedOperation or IConditionalAccessOperation or IArrayInitializerOperation or IArrayCreationOperation:
                    task = task.Parent;
                    break;
                case IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { IsStatic: true, Name: "WhenAll" or "WhenAny" or "WaitAll" or "ToList" or "ToArray" or "Run" } } taker }:
                    if (taker.TargetMethod.Name == "WaitAll")
                    {
                        return true;
                    }

                    task = taker;
                    break;
                case IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "Unwrap" or "AsTask" or "WaitAsync" or "ContinueWith" } next when next.Instance == task:
                    task = next;
                    break;
                case IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } when steps > 0:
                    return IsAwaited(local);
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } when steps > 0:
                    return IsAwaited(local);
                default:
                    return false;
            }
        }

        bool IsAwaited(ILocalSymbol local) => References.Of(local, task).Any(use =>
            within.Syntax.Span.Contains(use.Syntax.Span) && use.Syntax.SpanStart > task.Syntax.SpanStart && ChildEnd.IsAwaited(use, within, steps - 1));
    }

    private static bool IsReturned(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent is IReturnOperation;
    }

    private static IEnumerable<IOperation> UsesOf(IOperation value)
    {
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } => References.Of(local, value),
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } => References.Of(local, value),
            IConditionalAccessOperation access => access.WhenNotNull.DescendantsAndSelf().Where(part => part is IConditionalAccessInstanceOperation),
            _ => [value],
        };
    }

    // A loop of the library, or an event whose handlers give their task back.
    private static bool IsAwaitedByCaller(IOperation function) =>
        Functions.AsDelegate(function).Parent is IEventAssignmentOperation || CallOf(function) is { TargetMethod.Name: "ForEachAsync" };

    private static IMethodSymbol? SymbolOf(IOperation function, IOperation inside) => function switch
    {
        IAnonymousFunctionOperation lambda => lambda.Symbol,
        ILocalFunctionOperation local => local.Symbol,
        _ => Callers.MemberOf(inside) as IMethodSymbol,
    };
}
