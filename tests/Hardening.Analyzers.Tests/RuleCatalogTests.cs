using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Hardening.Analyzers.Tests;

/// <summary>What every rule has: a name, an id of its subject, a release line, tests, a law, and a fix or a reason why there is none.</summary>
public sealed partial class RuleCatalogTests
{
    [Test]
    public void Every_id_has_one_rule()
    {
        var ids = AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics.Select(rule => rule.Id).Distinct());
        Assert.That(ids, Is.Unique);
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Names_begin_with_the_id(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var stem = Stem(analyzer);
        Assert.That(stem, Does.Match($"^{rule.Id}[A-Z][A-Za-z]+$"));
        Assert.That(AllRules.FixesOf(rule).Select(fix => fix.GetType().Name), Has.All.StartsWith(stem));
        Assert.That(analyzer.SupportedDiagnostics.Select(other => other.Id), Has.All.EqualTo(rule.Id), "one rule, one file");
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Id_is_in_the_range_of_its_category(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var ranges = File.ReadAllText(Repository.PathOf("analyzers", "Hardening.Analyzers", "DiagnosticCategoryAndIdRanges.txt"));
        var range = Regex.Match(ranges, $@"^{Regex.Escape(rule.Category)}: HRD(?<first>\d+)-HRD(?<last>\d+)$", RegexOptions.Multiline);
        Assert.That(range.Success, $"no range for {rule.Category}");
        Assert.That(Number(rule.Id[3..]), Is.InRange(Number(range.Groups["first"].Value), Number(range.Groups["last"].Value)));
        Assert.That(analyzer.GetType().Namespace, Is.EqualTo("Hardening.Analyzers" + rule.Category["Hardening".Length..]));
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Is_on_by_default_and_never_an_error(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        Assert.That(analyzer.SupportedDiagnostics, Has.All.Property(nameof(rule.IsEnabledByDefault)).True);
        Assert.That(rule.DefaultSeverity, Is.EqualTo(DiagnosticSeverity.Warning).Or.EqualTo(DiagnosticSeverity.Info));
        Assert.That(rule.Description.ToString(CultureInfo.InvariantCulture), Is.Not.Empty);
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Has_a_line_in_the_releases(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var releases = Directory.GetFiles(Repository.PathOf("analyzers", "Hardening.Analyzers"), "AnalyzerReleases.*.md").SelectMany(File.ReadAllLines);
        Assert.That(releases, Has.Exactly(1).StartsWith($"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {analyzer.GetType().Name}"));
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Has_tests(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var tests = typeof(RuleCatalogTests).Assembly.GetTypes().SingleOrDefault(type => type.Name == $"{Stem(analyzer)}Tests");
        Assert.That(tests, Is.Not.Null, $"no {Stem(analyzer)}Tests for {rule.Id}");
        Assert.That(tests!.GetMethods().SelectMany(method => method.GetCustomAttributes<NUnitAttribute>()).Count(), Is.GreaterThanOrEqualTo(16), "8 that are reported and 8 that are not");
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Upholds_a_law(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var law = Laws.Of(rule);
        Assert.That(law, Is.Not.Null, $"the Why of {rule.Id} ({analyzer.GetType().Name}) must name a law of docs/laws.md: 'Law N: …'");
    }

    [TestCaseSource(typeof(AllRules), nameof(AllRules.Cases))]
    public void Has_a_fix_or_says_why_there_is_none(DiagnosticAnalyzer analyzer, DiagnosticDescriptor rule)
    {
        var saysThereIsNone = NoFix().IsMatch(Repository.Section(Repository.Page(rule), "How to fix"));
        Assert.That(saysThereIsNone, Is.EqualTo(!AllRules.FixesOf(rule).Any()), $"{analyzer.GetType().Name}: 'There is no code fix …' if and only if there is none");
    }

    [Test]
    public void Every_fix_has_Fix_All_and_is_for_a_rule() => Assert.Multiple(() =>
    {
        Assert.That(AllRules.Fixes.Where(fix => fix.GetFixAllProvider() is null), Is.Empty);
        Assert.That(AllRules.Fixes.SelectMany(fix => fix.FixableDiagnosticIds), Is.SubsetOf(AllRules.Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id)));
    });

    [TestCase("strict")]
    [TestCase("audit")]
    public void Preset_sets_every_category(string preset)
    {
        var lines = File.ReadAllLines(Repository.PathOf("analyzers", "Hardening.Analyzers.Package", "build", "presets", preset + ".globalconfig"));
        var set = lines.Where(line => line.StartsWith("dotnet_analyzer_diagnostic.category-", StringComparison.Ordinal)).Select(line => line.Split('-', 2)[1].Split(".severity")[0]);
        Assert.That(AllRules.Analyzers.Select(analyzer => analyzer.SupportedDiagnostics[0].Category).Except(set), Is.Empty);
    }

    // A newer Roslyn than the compiler's own and the rules are not loaded at all, with a warning as the only sign.
    [Test]
    public void Assemblies_refer_to_the_Roslyn_that_they_promise() => Assert.Multiple(() =>
    {
        Assert.That(RoslynOf(AllRules.Analyzers[0]), Is.Not.Empty.And.None.Contains("Workspaces"));
        Assert.That(RoslynOf(AllRules.Analyzers[0]), Has.All.EndWith(" 4.8.0.0"));
        Assert.That(RoslynOf(AllRules.Fixes[0]), Has.Some.Contains("Workspaces"));
        Assert.That(RoslynOf(AllRules.Fixes[0]), Has.All.EndWith(" 4.14.0.0"));
    });

    [Test]
    public void Tests_are_hosted_by_the_Roslyn_of_their_project() =>
        Assert.That(typeof(Compilation).Assembly.GetName().Version!.ToString(), Is.EqualTo(Built.With("RoslynHost") + ".0"));

    private static IEnumerable<string> RoslynOf(object instance) =>
        instance.GetType().Assembly.GetReferencedAssemblies()
            .Where(name => name.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(name => $"{name.Name} {name.Version}");

    private static string Stem(DiagnosticAnalyzer analyzer) => analyzer.GetType().Name[..^"Analyzer".Length];

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\bno code fix\b", RegexOptions.IgnoreCase)]
    private static partial Regex NoFix();
}

/// <summary>The laws of docs/laws.md.</summary>
internal static partial class Laws
{
    private static readonly ImmutableHashSet<string> Numbers =
        [.. Row().Matches(File.ReadAllText(Repository.PathOf("docs", "laws.md"))).Select(row => row.Groups["number"].Value)];

    /// <summary>The number of the first law that the rule's page names under Why; null when it names none.</summary>
    public static string? Of(DiagnosticDescriptor rule) =>
        Name().Match(Repository.Section(Repository.Page(rule), "Why")) is { Success: true } name && Numbers.Contains(name.Groups["number"].Value)
            ? name.Groups["number"].Value
            : null;

    [GeneratedRegex(@"^\| (?<number>\d) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\blaw (?<number>\d)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
