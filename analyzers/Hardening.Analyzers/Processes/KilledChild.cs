using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>A child that was killed, and what is done before anybody has waited for its end.</summary>
internal sealed class KilledChild
{
    // Callers of callers.
    private const int MostCalls = 2;

    private readonly IInvocationOperation _kill;
    private readonly ChildHistory _child;
    private readonly CompilationFacts _facts;
    private readonly NextStarts _restarts;

    private KilledChild(IInvocationOperation kill, ChildHistory child, ProcessTypes types, CompilationFacts facts)
    {
        _kill = kill;
        _child = child;
        _facts = facts;
        _restarts = new NextStarts(child, types, facts.Graph);
    }

    public string Name => _child.Name;

    public static KilledChild? Of(IInvocationOperation kill, ProcessTypes types, CompilationFacts facts) =>
        types.IsMember(kill.TargetMethod, "Kill") && kill.Instance is { } process ? new KilledChild(kill, ChildHistory.Of(process, types), types, facts) : null;

    /// <summary>The first operation that comes too early, here or where the method is called; null where there is none, or someone waits before it.</summary>
    public IOperation? UsedTooSoon(ISymbol containing) => After(_kill, containing, depth: 0, disposed: null).Use;

    public static string NameOf(IOperation use) => use switch
    {
        IInvocationOperation { TargetMethod: { IsStatic: true, MethodKind: not MethodKind.LocalFunction } method } => $"{method.ContainingType.Name}.{method.Name}",
        IInvocationOperation { Instance: { } instance, TargetMethod.Name: var name } when ChildHistory.Named(instance) is not IInstanceReferenceOperation and var named => $"{Names.Of(named.Syntax)}.{name}",
        IInvocationOperation call => call.TargetMethod.Name,
        { Type: { } type } => $"new {type.Name}",
        _ => Names.Of(use.Syntax),
    };

    // A disposed child cannot be waited for: where it is started anew afterwards, the Dispose is what comes too early.
    private (IOperation? Use, bool IsOver) After(IOperation from, ISymbol containing, int depth, IOperation? disposed)
    {
        foreach (var operation in Later(from))
        {
            if (IsEnd(operation, from))
            {
                return (null, true);
            }

            if (_restarts.IsRestart(operation))
            {
                return (disposed ?? operation, true);
            }

            if (FreedFiles.IsUse(operation, _child, _facts.Graph))
            {
                return (operation, true);
            }

            disposed ??= IsDispose(operation) ? operation : null;
        }

        return depth < MostCalls && _child.Members.Count > 0 ? AtCallers(from, containing, depth, disposed) : (null, false);
    }

    private (IOperation? Use, bool IsOver) AtCallers(IOperation from, ISymbol containing, int depth, IOperation? disposed)
    {
        if (Functions.Of(from, containing) is not { MethodKind: not MethodKind.AnonymousFunction } method || _facts.Callers.Of(method) is not { IsDefault: false } calls)
        {
            return (null, false);
        }

        foreach (var call in calls)
        {
            // Editors drop what is reported in another type.
            if (call is IInvocationOperation
                && Callers.MemberOf(call) is { } caller
                && SymbolEqualityComparer.Default.Equals(caller.ContainingType, method.ContainingType)
                && After(call, caller, depth + 1, disposed) is { Use: { } use })
            {
                return (use, true);
            }
        }

        return (null, false);
    }

    // In the order of the text, which is that of the paths: nothing runs back before the kill but a loop, and a restart in a loop is HRD3011's matter.
    private static IEnumerable<IOperation> Later(IOperation from) =>
        from.Function().DescendantsInFunction()
            .Where(operation => operation is IInvocationOperation or IObjectCreationOperation or IAwaitOperation or IPropertyReferenceOperation
                && operation.Syntax.SpanStart > from.Syntax.SpanStart
                && !StatementOrder.Contains(from, operation)
                && StatementOrder.MayPrecede(from, operation))
            .OrderBy(operation => operation.Syntax.Span.End);

    // It is waited for, someone asks in a loop, time passes, or it is killed once more.
    private bool IsEnd(IOperation operation, IOperation from) => operation switch
    {
        IAwaitOperation { Operation: var task } => IsTask(task),
        IInvocationOperation { TargetMethod: { Name: "Sleep" or "Delay" or "WaitAll" or "WhenAll" or "Join" or "SpinUntil" or "WaitOne" or "ReadToEnd" or "ReadToEndAsync" } } => true,
        IInvocationOperation call when _child.Uses.Any(use => IsWait(use) && (use.At.Syntax == call.Syntax || use.Here.Syntax == call.Syntax || StatementOrder.Contains(call, use.Here) && use.IsInHelper)) => true,
        IInvocationOperation call => _facts.Graph.TargetOf(call) is { } method && _facts.Graph.AnyBodyOf(method) is { } body && _child.Uses.Any(use => IsWait(use) && StatementOrder.Contains(body, use.At)),
        IPropertyReferenceOperation { Property.Name: "HasExited" } asked => _child.Uses.Any(use => use.At.Syntax == asked.Syntax),
        _ => false,
    };

    private static bool IsWait(ChildUse use) => use.Kind is ChildUseKind.Wait or ChildUseKind.Kill or ChildUseKind.KillTree;

    // The end of a read or of a worker comes with the end of the child.
    private static bool IsTask(IOperation task)
    {
        task = task.Unwrap();
        if (task is IInvocationOperation { TargetMethod.Name: "ConfigureAwait" or "WaitAsync", Instance: { } configured })
        {
            task = configured.Unwrap();
        }

        return task is ILocalReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation or IParameterReferenceOperation;
    }

    private bool IsDispose(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "Dispose" or "Close" } call && _child.Uses.Any(use => use.Kind == ChildUseKind.Dispose && use.At.Syntax == call.Syntax);
}
