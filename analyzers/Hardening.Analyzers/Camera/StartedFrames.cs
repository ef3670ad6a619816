using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Frames that a task or thread uses which nobody waits for: it runs on when the frame is another's again.</summary>
internal sealed class StartedFrames(FrameTypes types, Compilation compilation)
{
    private readonly TaskTypes _tasks = new(compilation);

    public IEnumerable<KeptFrame> ByCall(IInvocationOperation call)
    {
        if (_tasks.StartsOnPool(call.TargetMethod))
        {
            return StartedTask.Of(call, _tasks) is { Work: { } work } ? UsedBy(work, $"to '{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}'").Concat(PassedTo(call)) : [];
        }

        // Control.BeginInvoke, Dispatcher.BeginInvoke, SynchronizationContext.Post: later, on another thread.
        return call.TargetMethod.Name is "BeginInvoke" or "Post" && IsOfMessageLoop(call.TargetMethod.ContainingType)
            ? call.Arguments.SelectMany(argument => UsedBy(argument.Value, $"to '{call.TargetMethod.Name}'"))
            : [];
    }

    public IEnumerable<KeptFrame> ByThread(IObjectCreationOperation creation)
    {
        if (creation is not { Type: INamedTypeSymbol { Name: "Thread", ContainingNamespace.Name: "Threading" } thread, Arguments: { Length: > 0 } arguments }
            || StartedThread.Of(creation, thread) is not { IsJoined: false } started
            || StatementOrder.LoopAround(creation) is { } loop && started.IsJoinedIn(loop))
        {
            return [];
        }

        return UsedBy(arguments[0].Value, "to 'Thread'");
    }

    // The first place in the function where a frame of the code around it is named; one for each frame.
    private IEnumerable<KeptFrame> UsedBy(IOperation function, string how)
    {
        var target = function.Unwrap() is IDelegateCreationOperation { Target: var given } ? given : function.Unwrap();
        if (target is not IAnonymousFunctionOperation lambda)
        {
            yield break;
        }

        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var operation in lambda.Body.Descendants())
        {
            var (variable, value) = operation switch
            {
                ILocalReferenceOperation { Local: var local } when types.IsFrame(local.Type) || FrameTypes.IsAddress(local.Type) => ((ISymbol?)local, operation),
                IParameterReferenceOperation { Parameter: var parameter } when types.IsFrame(parameter.Type) || FrameTypes.IsAddress(parameter.Type) => (parameter, operation),
                IPropertyReferenceOperation { Instance: IParameterReferenceOperation { Parameter: var arguments } } property when types.IsFrame(property.Type) => (arguments, property),
                _ => (null, operation),
            };
            if (variable is not null && !lambda.Syntax.Span.Contains(variable.DeclaringSyntaxReferences.FirstOrDefault()?.Span ?? default) && seen.Add(variable))
            {
                yield return new KeptFrame(value, container: null, how);
            }
        }
    }

    // ThreadPool.QueueUserWorkItem(Work, frame)
    private IEnumerable<KeptFrame> PassedTo(IInvocationOperation call)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.Name == "state" && types.IsFrame(argument.Value.Unwrap().Type))
            {
                yield return new KeptFrame(argument.Value.Unwrap(), container: null, $"to '{call.TargetMethod.ContainingType.Name}.{call.TargetMethod.Name}'");
            }
        }
    }

    private static bool IsOfMessageLoop(INamedTypeSymbol type) =>
        type.Name is "Dispatcher" or "Control" or "SynchronizationContext" or "ISynchronizeInvoke" or "DispatcherQueue";
}
