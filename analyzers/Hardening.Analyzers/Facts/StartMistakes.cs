using Hardening.Analyzers.Processes;

namespace Hardening.Analyzers.Facts;

/// <summary>
/// Which rule speaks at the start of a child where several could: a request to end that nobody follows (HRD3008), a restart without a pause (HRD3011),
/// a child per item (HRD3007), and only then who disposes and who ends it. To be asked right before a report, not before.
/// </summary>
internal static class StartMistakes
{
    /// <summary>HRD3008, HRD3011 or HRD3007 speaks at a start of this new Process.</summary>
    public static bool SpeakOf(IOperation created, Holding holding, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        created is IInvocationOperation call && StartedChild.IsOne(call, types) && SpeakOf(call, types, facts, containing)
        || holding.Uses.Any(use => use.Parent is IInvocationOperation start && start.Instance == use && StartedChild.IsOne(start, types) && SpeakOf(start, types, facts, containing));

    public static bool SpeakOf(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        IsRequestOrRestart(start, types, facts, containing) || PerItemStarts.RootOf(start, types, facts, containing) is not null;

    public static bool IsRequestOrRestart(IInvocationOperation start, ProcessTypes types, CompilationFacts facts, ISymbol containing) =>
        HRD3008AskedToEndOnlyAnalyzer.RequestAt(start, types, facts, containing) is not null || Restarts.Of(start, types, facts, containing) is not null;
}
