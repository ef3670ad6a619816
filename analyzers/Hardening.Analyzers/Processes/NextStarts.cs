using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Processes;

/// <summary>What starts the same child anew.</summary>
internal sealed class NextStarts(ChildHistory child, ProcessTypes types, CallGraph graph)
{
    public bool IsRestart(IOperation operation) => operation switch
    {
        IInvocationOperation call when types.IsMember(call.TargetMethod, "Start") => call.TargetMethod.IsStatic ? IsSame(call) : call.Instance is { } instance && IsChild(instance),
        // The method that had started it, or another one that puts a child in the same place.
        IInvocationOperation call => child.Members.Count > 0 && graph.TargetOf(call) is { } method && graph.AnyBodyOf(method) is { } body && body.Descendants().Any(Fills),
        _ => false,
    };

    private bool IsSame(IInvocationOperation start) =>
        IsGivenToChild(start)
        || child.Creation is IInvocationOperation { Arguments: var arguments } created
            && created.Syntax != start.Syntax
            && types.IsStart(created)
            && arguments.Length == start.Arguments.Length
            && arguments.Zip(start.Arguments, AreSame).All(isSame => isSame)
        || IsOfName(start);

    private bool Fills(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "Start" } method } start && types.IsMember(method, "Start")
            && (method.IsStatic ? IsGivenToChild(start) : start.Instance is { } instance && IsChild(instance));

    // _p = Process.Start(…), at once or through a local
    private bool IsGivenToChild(IOperation start)
    {
        var value = start;
        while (value.Parent is IConversionOperation or IParenthesizedOperation or ICoalesceOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IAssignmentOperation assignment => IsChild(assignment.Target),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } =>
                References.Of(local, start).Any(reference => reference.Parent is IAssignmentOperation { Value: { } given, Target: IMemberReferenceOperation target } && given == reference && IsChild(target)),
            _ => false,
        };
    }

    private bool IsChild(IOperation process)
    {
        process = ChildHistory.Named(process).Unwrap();
        return process is IMemberReferenceOperation { Member: var member }
            ? child.Members.Contains(member.OriginalDefinition, SymbolEqualityComparer.Default)
            : child.Process is ILocalReferenceOperation or IParameterReferenceOperation && LockRegions.AreSame(process, child.Process);
    }

    private static bool AreSame(IArgumentOperation one, IArgumentOperation other)
    {
        var (a, b) = (one.Value.Unwrap(), other.Value.Unwrap());
        return a.ConstantValue is { HasValue: true, Value: var text } ? Equals(text, b.ConstantValue.Value) : LockRegions.AreSame(a, b);
    }

    // foreach (var p in Process.GetProcessesByName("server")) p.Kill(); Process.Start("server");
    private bool IsOfName(IInvocationOperation start) =>
        child.IsForeign
        && child.Process is ILocalReferenceOperation { Local: var local } reference
        && LocalSources.Of(local, reference).Select(source => source.Unwrap()).OfType<IInvocationOperation>().FirstOrDefault(source => source.TargetMethod.Name == "GetProcessesByName") is { } found
        && found.Arguments[0].Value.ConstantValue.Value is string name
        && start.Arguments.FirstOrDefault()?.Value.ConstantValue.Value is string file
        && string.Equals(ProgramNames.Of(file), name, StringComparison.OrdinalIgnoreCase);
}
