using Hardening.Analyzers.Facts;

namespace Hardening.Analyzers.Camera;

/// <summary>How long a container lives, compared with the code that puts a frame into it.</summary>
internal static class FrameContainers
{
    /// <summary>It belongs to the object or the type, not to the method.</summary>
    public static bool IsOfThis(IOperation container) => Root(container) is IInstanceReferenceOperation or IMemberReferenceOperation { Instance: null };

    /// <summary>The container is there after the code has ended, with the frame in it.</summary>
    public static bool Outlives(IOperation container, SyntaxNode code, IOperation at) => Lives(container, code) && !IsCleared(container, code, at);

    private static bool Lives(IOperation container, SyntaxNode code) => Root(container) switch
    {
        ILocalReferenceOperation { Local: var local } reference => !local.IsDeclaredIn(code)
            || LocalSources.Of(local, reference).Take(2).ToList() is { Count: 1 } sources && sources[0].Unwrap() is IMemberReferenceOperation source && Lives(source, code),
        IParameterReferenceOperation { Parameter: var parameter } => !parameter.IsDeclaredIn(code),
        IInstanceReferenceOperation or IMemberReferenceOperation or IInvocationOperation => true,
        _ => false,
    };

    private static IOperation Root(IOperation container)
    {
        container = container.Unwrap();
        while (true)
        {
            switch (container)
            {
                case IMemberReferenceOperation { Instance: { } instance }:
                    container = instance.Unwrap();
                    break;
                case IArrayElementReferenceOperation { ArrayReference: var array }:
                    container = array.Unwrap();
                    break;
                default:
                    return container;
            }
        }
    }

    // The same code empties it again.
    private static bool IsCleared(IOperation container, SyntaxNode code, IOperation at) =>
        SymbolOf(container) is { } symbol
        && at.Root().Descendants().OfType<IInvocationOperation>().Any(call =>
            call is { TargetMethod.Name: "Clear", Instance: { } cleared }
            && code.Span.Contains(call.Syntax.Span)
            && SymbolEqualityComparer.Default.Equals(SymbolOf(cleared.Unwrap()), symbol));

    private static ISymbol? SymbolOf(IOperation container) => container switch
    {
        ILocalReferenceOperation { Local: var local } => local,
        IParameterReferenceOperation { Parameter: var parameter } => parameter,
        IMemberReferenceOperation { Member: var member } => member,
        _ => null,
    };
}
