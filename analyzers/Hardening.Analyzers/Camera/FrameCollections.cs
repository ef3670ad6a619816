using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>Collections without a capacity that one thread fills with frames and another one drains, found by what is done with the field, property or local.</summary>
internal sealed class FrameCollections(FrameElements frames, Compilation compilation, CompilationFacts facts)
{
    private readonly Captures? _captures = Captures.Of(compilation);

    /// <summary>A collection that can be a hand-off, and holds frames. Asked for every field and property: the name decides nearly always.</summary>
    public bool Is(ITypeSymbol type) =>
        type is INamedTypeSymbol { Name: "ConcurrentQueue" or "ConcurrentStack" or "ConcurrentBag" or "Queue" or "Stack" or "List" or "LinkedList", TypeArguments.Length: 1 } collection
        && collection.ContainingNamespace.ToDisplayString() is "System.Collections.Concurrent" or "System.Collections.Generic"
        && FrameElements.AreIn(collection, frames);

    public bool IsUnboundedHandOff(ISymbol member, ITypeSymbol type) =>
        IsUnboundedHandOff(
            member.DeclaredAccessibility == Accessibility.Private
                ? MemberUses.InAllParts(member, facts.Graph)
                : compilation.SyntaxTrees.SelectMany(tree => MemberUses.Of(member, facts.Graph.ModelOf(tree))),
            isSharedByType: type.Name.StartsWith("Concurrent", StringComparison.Ordinal),
            lives: true);

    public bool IsUnboundedHandOff(ILocalSymbol local, IOperation anywhereInBody) => IsUnboundedHandOff(References.Of(local, anywhereInBody), isSharedByType: false, lives: false);

    // The type of the collection says that it is shared, or the code does. One that lives on and gets a new image from each round grows even if nobody takes any out.
    private bool IsUnboundedHandOff(IEnumerable<IOperation> uses, bool isSharedByType, bool lives)
    {
        var use = new QueueUse();
        var (isShared, grows, isEmptied) = (isSharedByType, false, false);
        foreach (var queue in uses)
        {
            if (IsWrite(queue))
            {
                continue;
            }

            if (Callers.MemberOf(queue) is not { } member || TakenIsFilledAgain(queue))
            {
                return false;
            }

            var place = PlaceOf(queue, member, out var runsAgain, out var isElsewhere);
            isShared |= isElsewhere || facts.Regions.HeldAround(queue) is not null;
            use.Add(queue, member, place, runsAgain);
            grows |= lives && IsGivenNewFrame(queue, member);
            isEmptied |= queue.Parent is IInvocationOperation { TargetMethod.Name: "Clear" or "Remove" or "RemoveAll" or "RemoveRange" or "TryRemove" } && !QueueUse.IsCleanUp(member);
        }

        return (isShared && use.IsUnboundedHandOff || grows && !isEmptied && !use.IsBoundedOrElsewhere) && !use.Counts.Any(count => ComparedMembers.Has(count, compilation, facts.Graph));
    }

    // In a round that takes a frame from a camera, or in its callback.
    private bool IsGivenNewFrame(IOperation queue, ISymbol member) =>
        queue.Parent is IInvocationOperation { TargetMethod.Name: "Add" or "Enqueue" or "Push" or "AddLast" or "AddFirst" or "Insert" } add
        && add.Arguments.Any(argument => IsNew(argument.Value.Unwrap()))
        && facts.Roots.Of(queue, member).Any(root => root.Per == "frame" || root.Loop is { } loop and not IForEachLoopOperation && loop.Descendants().Any(operation => _captures?.GrabOf(operation) is not null));

    private bool IsNew(IOperation value) => value switch
    {
        _ when frames.Images.IsCreation(value) => true,
        ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, value).Take(2).ToList() is { Count: 1 } sources && IsNew(sources[0].Unwrap()),
        ITupleOperation tuple => tuple.Elements.Any(element => IsNew(element.Unwrap())),
        IObjectCreationOperation made => made.Arguments.Any(argument => IsNew(argument.Value.Unwrap()))
            || made.Initializer?.Initializers.Any(set => set is ISimpleAssignmentOperation { Value: var held } && IsNew(held.Unwrap())) == true,
        _ => false,
    };

    private static bool IsWrite(IOperation queue) => queue.Parent is IAssignmentOperation { Target: var target } && target == queue;

    // The function that runs by itself: given to a thread, a task, a timer or an event. A lambda that runs where it stands is part of what is around it.
    private object PlaceOf(IOperation queue, ISymbol member, out bool runsAgain, out bool isElsewhere)
    {
        for (var function = queue.Function(); function is IAnonymousFunctionOperation or ILocalFunctionOperation; function = function.Function())
        {
            var given = function switch
            {
                IAnonymousFunctionOperation lambda => new[] { Handover.Of(lambda) },
                ILocalFunctionOperation { Symbol: var local } => Handover.Of(local, facts.Callers),
                _ => [],
            };
            if (Runs(given, out runsAgain) || function is ILocalFunctionOperation { Symbol: var called } && IsCalledByAnother(called))
            {
                isElsewhere = true;
                return function.Syntax;
            }
        }

        isElsewhere = Runs(member is IMethodSymbol method ? Handover.Of(method, facts.Callers) : [], out runsAgain) || member is IMethodSymbol ordinary && IsCalledByAnother(ordinary);
        return member;
    }

    private static bool Runs(IEnumerable<Handover> given, out bool runsAgain)
    {
        runsAgain = false;
        var isElsewhere = false;
        foreach (var to in given)
        {
            runsAgain |= to is { To: Runner.Pool, IsOnce: false } or { To: Runner.Event };
            isElsewhere |= to.To is Runner.OwnThread or Runner.StartedWork or Runner.Pool or Runner.Event or Runner.Callback;
        }

        return isElsewhere;
    }

    // Task.Run(() => Drain())
    private bool IsCalledByAnother(IMethodSymbol method) =>
        facts.Callers.Of(method) is { IsDefault: false } calls
        && calls.Any(call => call is IInvocationOperation && call.Function() is IAnonymousFunctionOperation lambda && Runs([Handover.Of(lambda)], out _));

    // What is taken out goes to the camera: these are the images that are free.
    private static bool TakenIsFilledAgain(IOperation queue)
    {
        if (queue.Parent is not IInvocationOperation { TargetMethod.Name: "TryDequeue" or "Dequeue" or "TryTake" or "TryPop" or "Pop" } take)
        {
            return false;
        }

        var taken = take.Arguments.Select(argument => Declared(argument.Value.Unwrap())).Append(Declared(take)).FirstOrDefault(local => local is not null);
        return taken is not null && References.Of(taken, take).Any(FrameFills.IsFilledBy);
    }

    private static ILocalSymbol? Declared(IOperation value) => value switch
    {
        IDeclarationExpressionOperation { Expression: ILocalReferenceOperation { Local: var local } } => local,
        ILocalReferenceOperation { Local: var local } => local,
        { Parent: IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } } => local,
        { Parent: ICoalesceOperation { Parent: IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var local } } } } => local,
        { Parent: ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } } => local,
        _ => null,
    };
}
