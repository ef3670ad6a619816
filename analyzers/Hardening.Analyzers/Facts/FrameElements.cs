using System.Collections.Concurrent;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// Which queues hold frames: native images, or tuples, records and classes that carry one. A frame in a queue is megabytes that the collector does not see,
/// and must be disposed when it is dropped; so HRD4008 speaks about these queues, and HRD2004 about all others.
/// </summary>
internal sealed class FrameElements
{
    // A job in an envelope in a list.
    private const int MostLevels = 3;

    private readonly ConcurrentDictionary<ITypeSymbol, bool> _carriers = new(SymbolEqualityComparer.Default);

    private FrameElements(NativeImages images) => Images = images;

    public NativeImages Images { get; }

    /// <summary>Null where there are no native images.</summary>
    public static FrameElements? Of(NativeImages? images) => images is null ? null : new FrameElements(images);

    /// <summary>The type is a queue of frames; of any kind, with any number of type arguments.</summary>
    public static bool AreIn(ITypeSymbol? queue, FrameElements? frames) =>
        frames is not null && queue is INamedTypeSymbol { TypeArguments: var elements } && elements.Any(frames.Carries);

    public bool Carries(ITypeSymbol element) => _carriers.GetOrAdd(element, each => Carries(each, MostLevels));

    /// <summary>The members of an element by which its images are reached, so that whoever drops it can dispose them.</summary>
    public IEnumerable<ISymbol> MembersWithImages(INamedTypeSymbol element) =>
        element.IsTupleType
            ? element.TupleElements.Where(each => Images.IsImage(each.Type))
            : element.GetMembers().Where(member => IsOpen(member) && TypeOf(member) is { } type && Images.IsImage(type));

    private bool Carries(ITypeSymbol element, int levels) => element switch
    {
        _ when Images.IsImage(element) => true,
        _ when levels == 0 || element.TypeKind == TypeKind.Delegate => false,
        ITypeParameterSymbol parameter => parameter.ConstraintTypes.Any(constraint => Carries(constraint, levels - 1)),
        IArrayTypeSymbol array => Carries(array.ElementType, levels - 1),
        INamedTypeSymbol named => named.TypeArguments.Any(argument => Carries(argument, levels - 1)) || IsMadeToCarry(named, levels - 1),
        _ => false,
    };

    // What is handed to its constructor, or is open to all. A private image may be its own scratch pad.
    private bool IsMadeToCarry(INamedTypeSymbol type, int levels) =>
        type is { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None }
        && !Libraries.IsOfFramework(type)
        && (type.GetMembers().Any(member => IsOpen(member) && TypeOf(member) is { } held && Carries(held, levels))
            || type.InstanceConstructors.Any(constructor => constructor.Parameters.Any(parameter => !SymbolEqualityComparer.Default.Equals(parameter.Type, type) && Carries(parameter.Type, levels))));

    private static bool IsOpen(ISymbol member) =>
        member is { IsStatic: false, DeclaredAccessibility: Accessibility.Public or Accessibility.Internal };

    private static ITypeSymbol? TypeOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol { IsIndexer: false } property => property.Type,
        _ => null,
    };
}
