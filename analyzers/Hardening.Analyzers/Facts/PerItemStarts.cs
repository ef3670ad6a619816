namespace Hardening.Analyzers.Facts;

/// <summary>Children that are started once per item, as many at a time as items come: the question of HRD3007, which rules about its tasks and threads ask, too.</summary>
internal static class PerItemStarts
{
    // Calls of calls, as far as Roots follows them.
    private const int MostCalls = 4;

    private static readonly string[] Locks = ["Lock", "Enter", "Acquire", "Rent", "Lease", "Wait", "Take"];
    private static readonly string[] Clicks = ["Click", "Press", "Key", "Mouse", "Menu", "Tray", "Balloon", "Hotkey", "HotKey", "Command", "Button"];
    private static readonly string[] Windows = ["Form", "Control", "UserControl", "Window", "Page", "ContentPage", "ComponentBase", "Application", "FrameworkElement", "ApplicationContext"];

    /// <summary>What a child is started per with no limit; null where a limit is seen, or where it is no load.</summary>
    public static Root? RootOf(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing)
    {
        if (facts.Roots.Of(start, containing).ToList() is not { Count: > 0 } roots || StartedChild.Of(start, types) is var child && child.IsNoLoad)
        {
            return null;
        }

        foreach (var root in roots)
        {
            if (!IsLimited(root, child, facts))
            {
                return root;
            }
        }

        return null;
    }

    /// <summary>HRD3007 speaks about a start that this code makes for each item, itself or in methods that it calls.</summary>
    public static bool AreIn(IOperation work, CompilationFacts facts) => facts.Processes is { } types && AreIn(work, types, facts, MostCalls);

    private static bool AreIn(IOperation work, ProcessTypes types, CompilationFacts facts, int calls) =>
        (work is IMethodReferenceOperation { Method: var method } ? Bodies.Of(method, facts.Graph) : work) is { } body
        && Bodies.Operations(body).Any(operation => operation switch
        {
            IInvocationOperation start when StartedChild.IsOne(start, types) => Callers.MemberOf(start) is { } member && RootOf(start, types, facts, member) is not null,
            IInvocationOperation { TargetMethod: var called } => calls > 0 && Bodies.Of(called, facts.Graph) is { } callee && AreIn(callee, types, facts, calls - 1),
            IMethodReferenceOperation reference => calls > 0 && AreIn(reference, types, facts, calls - 1),
            IAnonymousFunctionOperation lambda when lambda != body => AreIn(lambda, types, facts, calls),
            _ => false,
        });

    private static bool IsLimited(Root root, StartedChild child, CompilationFacts facts) =>
        IsFew(root, child)
        || IsOwnOfEach(root, child)
        || IsByHand(root, child)
        || Steps(root, child).Any(step => IsHeldBack(step, root, child, facts))
        || RunsOneByOne(root) && ChildEnd.IsSeenBy(root, child);

    // One after the other if the round waits; or a fixed number at a time if the body does.
    private static bool RunsOneByOne(Root root) => root.Per switch
    {
        Roots.Request or "completed operation" => false,
        "element of a parallel loop" => ChildEnd.CallOf(root.Function!) is not { TargetMethod.Name: not "ForEachAsync" } loop || loop.TargetMethod.Name == "ForEachAsync" || HasDegree(loop),
        _ => true,
    };

    private static bool HasDegree(IInvocationOperation loop) =>
        loop.Arguments.FirstOrDefault(argument => argument.Parameter?.Type.Name == "ParallelOptions") is { Value: var options } && !Threads.ParallelDegree.LeavesUnlimited(options);

    private static bool IsFew(Root root, StartedChild child) => root.Loop switch
    {
        null => root.Source is { } source && (IsFewOrTyped(source) || WorkerSet.IsWalkedIn(source, child)) || IsShortLoop(root),
        IForEachLoopOperation each => IsFewOrTyped(each.Collection) || WorkerSet.IsFilledBy(each, child),
        IForLoopOperation counted => IsOverArguments(counted) || WorkerSet.IsFilledBy(counted, child),
        var loop => WorkerSet.IsFilledBy(loop, child) || ReadsUser(loop),
    };

    // Parallel.For(0, 4, …), Parallel.ForEach(args, …)
    private static bool IsShortLoop(Root root) =>
        root.Function is { } function && ChildEnd.CallOf(function) is { TargetMethod.ContainingType.Name: "Parallel", Arguments: { Length: > 1 } arguments } call
        && (call.TargetMethod.Name == "For"
            ? arguments[0].Value.ConstantValue is { HasValue: true, Value: int first } && arguments[1].Value.ConstantValue is { HasValue: true, Value: int end } && end - first <= FewItems.Most
            : IsFewOrTyped(arguments[0].Value));

    private static bool IsFewOrTyped(IOperation items) => FewItems.Are(items, FewItems.Most) || IsArguments(items);

    // What somebody has typed: args, args.Skip(1).
    private static bool IsArguments(IOperation items)
    {
        items = items.Unwrap();
        return items switch
        {
            IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol method } } => Functions.IsProgram(method),
            IInvocationOperation { TargetMethod: { Name: "GetCommandLineArgs", ContainingType.Name: "Environment" } } => true,
            IInvocationOperation { TargetMethod: { ContainingType.Name: "Enumerable", ReturnType.SpecialType: not SpecialType.System_Int32 }, Arguments: { IsEmpty: false } all } => IsArguments(all[0].Value),
            ILocalReferenceOperation { Local: var local } when Initializers.Of(local, items) is { } initial && initial.Syntax.Span.End <= items.Syntax.SpanStart => IsArguments(initial),
            _ => false,
        };
    }

    private static bool IsOverArguments(IForLoopOperation loop) =>
        loop.Condition is { } condition && condition.DescendantsAndSelf().Any(part => part is IPropertyReferenceOperation { Property.Name: "Length", Instance: { } items } && IsArguments(items));

    // while (Console.ReadLine() is { } line)
    private static bool ReadsUser(ILoopOperation loop) =>
        loop.DescendantsInFunction().Any(part => part is IInvocationOperation { TargetMethod: { Name: "ReadLine" or "ReadKey" or "Read", ContainingType: { Name: "Console", ContainingNamespace.Name: "System" } } });

    // foreach (var camera in cameras) camera.Start(): each object has a child of its own.
    private static bool IsOwnOfEach(Root root, StartedChild child) =>
        child.Slot is { IsStatic: false } && root.Path.Any(call => call is IInvocationOperation { Instance: { } owner } && owner.Unwrap() is not IInstanceReferenceOperation);

    // Clicks come at the pace of a hand, whatever library they come from; a child that has ended is the matter of the rule for restarts.
    private static bool IsByHand(Root root, StartedChild child) =>
        root.Per == "event"
        && (EventOf(root.Function) is not { } raised
            || raised.Name == "Exited"
            || Clicks.Any(click => raised.Name.IndexOf(click, StringComparison.Ordinal) >= 0)
            || Steps(root, child).Any(step => IsOfWindow(Callers.MemberOf(step)?.ContainingType)));

    private static IEventSymbol? EventOf(IOperation? function) =>
        function is not null && Functions.AsDelegate(function).Parent is IEventAssignmentOperation { EventReference: IEventReferenceOperation { Event: var raised } } ? raised : null;

    private static bool IsOfWindow(INamedTypeSymbol? type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (Windows.Contains(current.Name) && !SymbolEqualityComparer.Default.Equals(current, type))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>From the start outwards: the start, the calls around it that take its function, the calls of its method, and so on.</summary>
    private static IEnumerable<IOperation> Steps(Root root, StartedChild child)
    {
        foreach (var step in root.Path.Insert(0, child.Start))
        {
            yield return step;
            for (var function = step.Function(); function is IAnonymousFunctionOperation && function != root.Function && ChildEnd.CallOf(function) is { } taker; function = taker.Function())
            {
                yield return taker;
            }
        }

        if (root.Function is not null)
        {
            yield return root.Function;
        }
    }

    private static bool IsHeldBack(IOperation step, Root root, StartedChild child, CompilationFacts facts) =>
        Throttles.HoldBack(step, root.Loop is { } loop && loop.Syntax.Span.Contains(step.Syntax.Span) && loop.Syntax.SyntaxTree == step.Syntax.SyntaxTree ? loop : null)
        || facts.Regions.HeldAround(step) is not null
        || IsAsked(step, child)
        || HasLimiter(step)
        || Bodies.Operations(step.Function()).TakeWhile(before => before.Syntax.SpanStart < step.Syntax.SpanStart).Any(IsTurn);

    // using (await _lock.LockAsync()), _pool.Rent(): libraries share no type, but these words.
    private static bool IsTurn(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: var name, ContainingType.Name: var type } }
        && Locks.Any(word => name.StartsWith(word, StringComparison.Ordinal))
        && (type.IndexOf("Lock", StringComparison.Ordinal) >= 0 || type.IndexOf("Mutex", StringComparison.Ordinal) >= 0 || type.IndexOf("Gate", StringComparison.Ordinal) >= 0 || type.IndexOf("Pool", StringComparison.Ordinal) >= 0 && type != "ThreadPool");

    // Is there one already? Have enough of them been started?
    private static bool IsAsked(IOperation step, StartedChild child)
    {
        foreach (var before in Bodies.Operations(step.Function()))
        {
            if (before.Syntax.SpanStart < step.Syntax.SpanStart
                && (child.Slot is { } slot && SymbolEqualityComparer.Default.Equals(StartedChild.SymbolOf(before), slot) && before.Parent is not IAssignmentOperation { Target: IMemberReferenceOperation }
                    || IsCountOfChildren(before)))
            {
                return true;
            }
        }

        return false;
    }

    // if (children.Count >= most), GetProcessesByName("worker").Length
    private static bool IsCountOfChildren(IOperation operation) =>
        operation is IPropertyReferenceOperation { Property.Name: "Count" or "Length", Instance: { Type: { } type }, Parent: IBinaryOperation }
            && (type is IArrayTypeSymbol { ElementType.Name: "Process" } || type is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(argument => argument.Name == "Process"))
        || operation is IInvocationOperation { TargetMethod: { Name: "GetProcessesByName", ContainingType.Name: "Process" } };

    // [EnableRateLimiting("…")], app.MapPost(…).RequireRateLimiting("…")
    private static bool HasLimiter(IOperation step)
    {
        if (Callers.MemberOf(step) is { } member
            && member.GetAttributes().Concat(member.ContainingType?.GetAttributes() ?? ImmutableArray<AttributeData>.Empty).Any(attribute => IsLimit(attribute.AttributeClass?.Name)))
        {
            return true;
        }

        for (var outer = step; outer is not (null or IBlockOperation); outer = outer.Parent)
        {
            if (outer is IInvocationOperation { TargetMethod.Name: var name } && IsLimit(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsLimit(string? name) =>
        name is not null && (name.IndexOf("RateLimit", StringComparison.Ordinal) >= 0 || name.IndexOf("Concurren", StringComparison.Ordinal) >= 0 || name.IndexOf("Throttl", StringComparison.Ordinal) >= 0)
        && name.IndexOf("Disable", StringComparison.Ordinal) < 0;
}
