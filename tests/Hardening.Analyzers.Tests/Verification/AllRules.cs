using Microsoft.CodeAnalysis.CodeFixes;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>Every rule and every fix, found by reflection, so that a new one is held to all that holds for all.</summary>
internal static class AllRules
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } = InstancesOf<DiagnosticAnalyzer>(typeof(Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectAnalyzer));

    public static ImmutableArray<CodeFixProvider> Fixes { get; } = InstancesOf<CodeFixProvider>(typeof(Hardening.Analyzers.Locks.HRD1001LockOnUnfitObjectCodeFix));

    /// <summary>A test case for each rule: its analyzer and its first descriptor.</summary>
    public static IEnumerable<TestCaseData> Cases() =>
        Analyzers.Select(analyzer => new TestCaseData(analyzer, analyzer.SupportedDiagnostics[0]).SetArgDisplayNames(analyzer.SupportedDiagnostics[0].Id));

    /// <summary>The same for a fixture that is about one rule.</summary>
    public static IEnumerable<TestFixtureData> Fixtures() => Cases().Select(rule => new TestFixtureData(rule.Arguments).SetArgDisplayNames(((DiagnosticDescriptor)rule.Arguments[1]!).Id));

    public static IEnumerable<CodeFixProvider> FixesOf(DiagnosticDescriptor rule) => Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(rule.Id));

    /// <summary>The rules report exactly the marks, which name their ids, <c>{|HRD1001:…|}</c>: one mistake, one diagnostic.</summary>
    public static Task ReportsAsync(string markup, Setup? setup = null) =>
        Markup.Parse(markup).SelectMany(file => file.Marks).Any(mark => mark.Id is null)
            ? throw new VerificationException("a mark must name its rule when all rules run: {|HRD1001:…|}")
            : Expectations.ReportsAsync(Analyzers, markup, setup, message: null);

    private static ImmutableArray<T> InstancesOf<T>(Type neighbour) =>
        [.. from type in neighbour.Assembly.GetTypes()
            where !type.IsAbstract && type.IsSubclassOf(typeof(T))
            orderby type.Name
            select (T)Activator.CreateInstance(type)!];
}
