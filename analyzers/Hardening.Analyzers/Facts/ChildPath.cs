namespace Hardening.Analyzers.Facts;

/// <summary>The way on which a method leaves a child running that it ends on another.</summary>
/// <param name="leave">What leaves: a call that throws or is cancelled, a return, a throw.</param>
/// <param name="end">The kill, or the wait, that is then not reached.</param>
/// <param name="isCancelled">It leaves by cancellation.</param>
internal sealed class ChildPath(IOperation leave, ChildUse end, bool isCancelled)
{
    public IOperation Leave { get; } = leave;

    public bool IsCancelled { get; } = isCancelled;

    public ChildUse End { get; } = end;

    /// <summary>Null when every way ends the child, or when it cannot be told: a kill in a finally, a catch or a lambda counts for all ways.</summary>
    public static ChildPath? Of(IOperation created, Holding child, CompilationFacts facts)
    {
        var function = created.Function();
        var uses = ChildUses.Of(child).ToList();
        var start = uses.Find(use => use.Kind == ChildUseKind.Start)?.At ?? created;
        if (uses.Exists(use => use.Kind is ChildUseKind.AskToEnd or ChildUseKind.HandleExit || use.EndsIt && (use.Here.Function() != function || IsGuarded(use.Here))))
        {
            return null;
        }

        // A wait with a token is HRD3005's.
        if (uses.Exists(use => use.Kind == ChildUseKind.Wait && use.At is IInvocationOperation each && ChildUses.LimitOf(each) == WaitLimit.Token)
            || (uses.Find(use => use.EndsIt) ?? uses.Find(use => use.Kind == ChildUseKind.Wait)) is not { } end
            || !end.EndsIt && (end.Here.Function() != function || uses.Exists(use => use.Kind == ChildUseKind.Wait && use.At is IInvocationOperation each && ChildUses.LimitOf(each) != WaitLimit.None)))
        {
            return null;
        }

        var between = Between(start, end.Here, function);
        return IsPlainKill(end, start, child)
            ? between.FirstOrDefault(operation => Leaves(operation, child, facts)) is { } leave ? new ChildPath(leave, end, isCancelled: false) : null
            : between.FirstOrDefault(operation => IsCancellation(operation) && !IsCaught(operation, end.Here)) is { } cancelled ? new ChildPath(cancelled, end, isCancelled: true) : null;
    }

    // In the text, and not in the other arm of an if.
    private static IEnumerable<IOperation> Between(IOperation start, IOperation end, IOperation function) =>
        Bodies.Operations(function).Where(operation =>
            !operation.IsImplicit
            && operation.Syntax.SpanStart >= start.Syntax.Span.End
            && operation.Syntax.Span.End <= end.Syntax.SpanStart
            && !StatementOrder.AreAlternatives(operation, end) && !StatementOrder.AreAlternatives(operation, start) && !IsInFailedStart(operation));

    private static bool Leaves(IOperation operation, Holding child, CompilationFacts facts) => operation switch
    {
        IReturnOperation { Kind: OperationKind.Return } => !IsAfterQuestion(operation, child),
        IThrowOperation => !IsAfterQuestion(operation, child) && !IsInTry(operation),
        IAwaitOperation { Operation: var awaited } => !IsOfChild(awaited, child) && !IsDelay(awaited) && !IsInTry(operation),
        IInvocationOperation call => !IsOfChild(call, child) && call.TargetMethod.Name is not "Sleep" && !Functions.IsTask(call.Type)
            && Throwing.NameOf(call) is not null && facts.Blocking.FindThrough(call) is not null && !IsInTry(operation),
        _ => false,
    };

    private static bool IsCancellation(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "ThrowIfCancellationRequested", ContainingType.Name: "CancellationToken" } } => true,
        IInvocationOperation call when IsAwaited(call) => call.Arguments.Any(argument => argument.Parameter?.Type.Name == "CancellationToken" && IsToken(argument.Value.Unwrap())),
        _ => false,
    };

    private static bool IsToken(IOperation value) => value switch
    {
        IParameterReferenceOperation or IFieldReferenceOperation or ILocalReferenceOperation => true,
        IPropertyReferenceOperation property => property.Property.Name != "None",
        _ => false,
    };

    private static bool IsAwaited(IOperation call)
    {
        while (call.Parent is IConversionOperation or IParenthesizedOperation or IInvocationOperation { TargetMethod.Name: "ConfigureAwait" })
        {
            call = call.Parent;
        }

        return call.Parent is IAwaitOperation;
    }

    // Its own members: what they throw, they throw when it has ended or was never started.
    private static bool IsOfChild(IOperation operation, Holding child) =>
        child.Uses.Any(use => operation.Syntax.Span.Contains(use.Syntax.Span) && use.Parent is not IArgumentOperation);

    private static bool IsDelay(IOperation awaited)
    {
        while (awaited is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } instance })
        {
            awaited = instance;
        }

        return awaited.Unwrap() is IInvocationOperation { TargetMethod: { Name: "Delay" or "Yield", ContainingType.Name: "Task" }, Arguments.Length: < 2 };
    }

    // if (p.HasExited) return; if (p is null) throw …; if (!p.Start()) …
    private static bool IsAfterQuestion(IOperation operation, Holding child)
    {
        for (IOperation inner = operation, outer = operation.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer is IConditionalOperation { Condition: var condition } && condition != inner && child.Uses.Concat(NullTests(child, condition)).Any(use => condition.Syntax.Span.Contains(use.Syntax.Span)))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<IOperation> NullTests(Holding child, IOperation condition) =>
        condition.DescendantsAndSelf().Where(operation => operation is ILocalReferenceOperation { Local: var local } && child.Locals.Contains(local, SymbolEqualityComparer.Default));

    // p ?? throw …: there is no child.
    private static bool IsInFailedStart(IOperation operation)
    {
        if (operation is not IThrowOperation)
        {
            return false;
        }

        var outer = operation.Parent;
        while (outer is not (null or ICoalesceOperation))
        {
            outer = outer.Parent;
        }

        return outer is not null;
    }

    /// <summary>Nothing but "is it still there" decides whether it is killed.</summary>
    public static bool IsPlainKill(ChildUse kill, IOperation start, Holding child)
    {
        for (IOperation inner = kill.Here, outer = kill.Here.Parent!; outer is not null && !outer.Syntax.Span.Contains(start.Syntax.Span); inner = outer, outer = outer.Parent!)
        {
            if (outer is IConditionalOperation { Condition: var condition } && condition != inner && !IsStillThere(condition, child)
                || outer is ILoopOperation or ISwitchOperation or ISwitchExpressionOperation)
            {
                return false;
            }
        }

        return kill.EndsIt && kill.At is IInvocationOperation;
    }

    private static bool IsStillThere(IOperation condition, Holding child) =>
        condition.DescendantsAndSelf().All(operation => operation is not IInvocationOperation)
        && NullTests(child, condition).Any()
        && !condition.DescendantsAndSelf().Any(operation => operation is ILocalReferenceOperation { Local: var local } && !child.Locals.Contains(local, SymbolEqualityComparer.Default) || operation is IParameterReferenceOperation or IFieldReferenceOperation);

    private static bool IsGuarded(IOperation kill)
    {
        for (IOperation inner = kill, outer = kill.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer is ICatchClauseOperation || outer is ITryOperation { Finally: { } last } && last == inner)
            {
                return true;
            }
        }

        return false;
    }

    // Whatever it throws may be caught.
    private static bool IsInTry(IOperation operation)
    {
        for (IOperation inner = operation, outer = operation.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer is ITryOperation { Catches.IsEmpty: false, Body: var body } && body == inner || outer is ICatchClauseOperation)
            {
                return true;
            }
        }

        return false;
    }

    // The exception is caught before the wait, which then comes all the same.
    private static bool IsCaught(IOperation operation, IOperation wait)
    {
        for (IOperation inner = operation, outer = operation.Parent!; outer is not null; inner = outer, outer = outer.Parent!)
        {
            if (outer is ITryOperation { Catches.IsEmpty: false, Body: var body } && body == inner && !body.Syntax.Span.Contains(wait.Syntax.Span))
            {
                return true;
            }
        }

        return false;
    }
}
