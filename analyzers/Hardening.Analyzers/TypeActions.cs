namespace Hardening.Analyzers;

/// <summary>Registers actions for rules that report elsewhere than at the operation that they look at.</summary>
internal static class TypeActions
{
    /// <summary>
    /// As <c>RegisterOperationAction</c>, but an action may report anywhere in its type: what a plain action reports outside of its own
    /// operation an editor takes for a finding of the whole compilation, and then neither shows nor fixes it (dotnet/roslyn#67275).
    /// </summary>
    public static void RegisterOperationActionInTypes(
        this CompilationStartAnalysisContext start, Action<OperationAnalysisContext> action, params OperationKind[] kinds)
    {
        var all = ImmutableArray.Create(kinds);
        start.RegisterSymbolStartAction(type => type.RegisterOperationAction(action, all), SymbolKind.NamedType);
    }
}
