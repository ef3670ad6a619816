namespace Hardening.Analyzers.Tests.Verification;

/// <summary>All rules over one source: each mistake is reported once, by the rule that knows it best.</summary>
internal static class AllRules
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
        [.. from type in typeof(Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectAnalyzer).Assembly.GetTypes()
            where !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))
            orderby type.Name
            select (DiagnosticAnalyzer)Activator.CreateInstance(type)!];

    /// <summary>The rules report exactly the marks, which name their ids: <c>{|HRD1001:…|}</c>.</summary>
    public static Task ReportsAsync(string markup, Setup? setup = null) =>
        Markup.Parse(markup).SelectMany(file => file.Marks).Any(mark => mark.Id is null)
            ? throw new VerificationException("a mark must name its rule when all rules run: {|HRD1001:…|}")
            : Expectations.ReportsAsync(Analyzers, markup, setup, message: null);
}
