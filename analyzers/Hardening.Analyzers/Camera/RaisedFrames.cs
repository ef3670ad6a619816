using System.Collections.Concurrent;
using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>
/// Which events of this compilation hand over a new image each time they are raised, so that the handler owns it. An event can have several handlers,
/// and then nobody owns what it carries; so without a sign of that, what it carries is lent.
/// </summary>
internal sealed class RaisedFrames(FrameTypes types, CompilationFacts facts)
{
    // OnFrame(mat) => FrameReady?.Invoke(this, mat)
    private const int MostCalls = 2;

    private readonly ConcurrentDictionary<ISymbol, bool> _events = new(SymbolEqualityComparer.Default);

    public bool AreGivenAway(IEventSymbol raised) => _events.GetOrAdd(raised.OriginalDefinition, _ => Find(raised));

    private bool Find(IEventSymbol raised)
    {
        if (raised.DeclaringSyntaxReferences.IsEmpty)
        {
            return false;
        }

        var calls = MemberUses.InAllParts(raised, facts.Graph).Select(RaiseOf).OfType<IInvocationOperation>().ToList();
        return calls.Count > 0 && calls.TrueForAll(call => call.Arguments.SelectMany(argument => ImagesIn(argument.Value)).ToList() is { Count: > 0 } images && images.TrueForAll(image => IsNew(image, MostCalls)));
    }

    private static IInvocationOperation? RaiseOf(IOperation use) => use.Parent switch
    {
        IInvocationOperation call when call.Instance == use => call,
        IConditionalAccessOperation { WhenNotNull: IInvocationOperation call } access when access.Operation == use => call,
        _ => null,
    };

    // The image itself, or those in the arguments of the event's data.
    private IEnumerable<IOperation> ImagesIn(IOperation value) => value.Unwrap() switch
    {
        var image when types.IsImage(image.Type) => [image],
        IObjectCreationOperation creation => creation.Arguments.SelectMany(argument => ImagesIn(argument.Value))
            .Concat((creation.Initializer?.Initializers ?? ImmutableArray<IOperation>.Empty).OfType<ISimpleAssignmentOperation>().SelectMany(set => ImagesIn(set.Value))),
        _ => [],
    };

    private bool IsNew(IOperation image, int calls) => image switch
    {
        _ when types.ViewOf(image) is not null => false,
        _ when types.Images!.IsCreation(image) => true,
        ILocalReferenceOperation { Local: var local } => LocalSources.Of(local, image).ToList() is { Count: > 0 } sources
            && sources.TrueForAll(source => types.ViewOf(source.Unwrap()) is null && types.Images!.IsCreation(source.Unwrap()) && IsOfTheSameRound(source, image))
            && FrameEnds.Of(local, image) is null,
        IParameterReferenceOperation { Parameter: { ContainingSymbol: IMethodSymbol { MethodKind: MethodKind.Ordinary } raiser, Ordinal: var ordinal } } when calls > 0 =>
            facts.Callers.Of(raiser) is { IsDefaultOrEmpty: false } all
            && all.All(call => call is IInvocationOperation { Arguments: var given } && given.FirstOrDefault(argument => argument.Parameter?.Ordinal == ordinal) is { } argument && IsNew(argument.Value.Unwrap(), calls - 1)),
        _ => false,
    };

    // One image for all rounds is no new one.
    private static bool IsOfTheSameRound(IOperation source, IOperation use) =>
        StatementOrder.LoopAround(use) is not { } loop || loop.Syntax.Span.Contains(source.Syntax.Span);
}
