using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hardening.Analyzers.Tests.Verification;

/// <summary>A verifier that lets a bad rule or fix pass is worse than none, so each way to be bad is tried on it.</summary>
public sealed class VerifierTests
{
    [TestCase("class [|Bad|] { }")]
    [TestCase("class {|TST0001:Bad|} { }", TestName = "{m}(a mark with an id)")]
    [TestCase("class [|BadOuter|] { class [|BadInner|] { } }")]
    [TestCase("class Good { }")]
    [TestCase("// === A.cs ===\nclass Good { }\n// === B.cs ===\nclass [|Bad|] { }", TestName = "{m}(two files)")]
    [TestCase("System.Console.WriteLine(); class [|Bad|] { }", TestName = "{m}(top-level statements)")]
    public Task Accepts(string markup) => RuleVerifier<NameRule>.ReportsAsync(markup);

    [TestCase("class Bad { }", "more is reported than is marked")]
    [TestCase("class [|Good|] { }", "less is reported than is marked")]
    [TestCase("class B[|ad|] { }", "more is reported than is marked", TestName = "{m}(another span)")]
    [TestCase("class {|TST0002:Bad|} { }", "more is reported than is marked", TestName = "{m}(another id)")]
    [TestCase("class [|[|Bad|]|] { }", "less is reported than is marked", TestName = "{m}(reported once, marked twice)")]
    [TestCase("class [|Bad|] : Missing { }", "the test source must compile")]
    [TestCase("class [|Bad { }", "unbalanced mark in Test.cs, line 1: '[|' is never closed")]
    [TestCase("\nclass Bad|] { }", "unbalanced mark in Test.cs, line 2: '|]' closes what is not open")]
    [TestCase("class [|Bad|} { }", "unbalanced mark in Test.cs, line 1: '|}' closes what is not open")]
    public Task Refuses(string markup, string because) => Fails(() => RuleVerifier<NameRule>.ReportsAsync(markup), because);

    [Test]
    public Task Refuses_another_message() =>
        Fails(() => RuleVerifier<NameRule>.ReportsAsync("class [|Bad|] { }", message: "'Bad' is good"), "'Bad' is bad");

    [Test]
    public Task Refuses_a_rule_that_throws() => Fails(() => RuleVerifier<ThrowingRule>.ReportsAsync("class C { }"), "thrown on purpose");

    [Test]
    public async Task Passes_options_further_sources_and_the_framework_on()
    {
        var setup = new Setup { Options = "TST0001.bad = Worse", Sources = ["class Base { }"], Framework = Framework.NetStandard20 };
        await RuleVerifier<NameRule>.ReportsAsync("class [|Worse|] : Base { } class Bad { }", setup);
        await Fails(() => RuleVerifier<NameRule>.ReportsAsync("class C { System.Threading.Lock? l; }", setup), "'Lock' does not exist");
    }

    [Test]
    public async Task Accepts_a_fix_that_fixes()
    {
        const string source = "class [|Bad|] { } // why\nclass [|BadToo|] { }";
        await RuleVerifier<NameRule, GoodFix>.FixesAsync(source, "class Good { } // why\nclass [|BadToo|] { }");
        await RuleVerifier<NameRule, GoodFix>.FixesAllAsync(source, "class Good { } // why\nclass GoodToo { }");
    }

    [Test]
    public Task Refuses_a_fix_with_another_text() =>
        Fails(() => RuleVerifier<NameRule, GoodFix>.FixesAsync("class [|Bad|] { }", "class Better { }"), "the fix gives another text");

    [Test]
    public Task Refuses_a_fix_that_breaks_the_code() =>
        Fails(() => RuleVerifier<NameRule, BreakingFix>.FixesAsync("class [|Bad|] { }", "class  { }"), "the text after the fix must compile");

    [Test]
    public Task Refuses_a_fix_that_leaves_the_mistake() =>
        Fails(() => RuleVerifier<NameRule, UselessFix>.FixesAsync("class [|Bad|] { }", "class BadStill { }"), "more is reported than is marked");

    [Test]
    public Task Refuses_a_fix_that_throws() =>
        Assert.ThrowsAsync<InvalidOperationException>(() => RuleVerifier<NameRule, ThrowingFix>.FixesAsync("class [|Bad|] { }", "class Good { }"));

    [Test]
    public Task Refuses_a_Fix_All_that_differs_from_fixing_one_by_one() =>
        Fails(
            () => RuleVerifier<NameRule, HalfFixAll>.FixesAsync("class [|Bad|] { } class [|BadToo|] { }", "class Good { } class [|BadToo|] { }"),
            "Fix All differs from fixing one by one");

    [Test]
    public Task Refuses_a_missing_Fix_All() =>
        Fails(() => RuleVerifier<NameRule, UselessFix>.FixesAllAsync("class [|Bad|] { }", "class BadStill { }"), "has no Fix All");

    [Test]
    public async Task Chooses_an_action_by_its_title()
    {
        await RuleVerifier<NameRule, TwoWaysFix>.FixesAsync("class [|Bad|] { }", "class Good { }", title: "Good");
        await RuleVerifier<NameRule, TwoWaysFix>.FixesAsync("class [|Bad|] { }", "class Fine { }", title: "Fine");
        await Fails(() => RuleVerifier<NameRule, TwoWaysFix>.FixesAsync("class [|Bad|] { }", "class Fine { }"), "these are offered: 'Good', 'Fine'");
    }

    [Test]
    public async Task Knows_what_is_not_offered()
    {
        await RuleVerifier<NameRule, GoodFix>.OffersNoFixAsync("class [|BadForEver|] { }");
        await RuleVerifier<NameRule, TwoWaysFix>.OffersNoFixAsync("class [|Bad|] { }", title: "Other");
        await Fails(() => RuleVerifier<NameRule, GoodFix>.OffersNoFixAsync("class [|Bad|] { }"), "'Good' is offered");
        await Fails(() => RuleVerifier<NameRule, GoodFix>.OffersNoFixAsync("class C { }"), "nothing is marked");
    }

    [Test]
    public Task Refuses_marks_without_a_rule_where_all_rules_run() =>
        Fails(() => AllRules.ReportsAsync("class C { void M() { lock ([|this|]) { } } }"), "must name its rule");

    [TestCase("a [|b|] c")]
    [TestCase("[|a[|b|]|][|c|]{|TST0001:d{|TST0002:e|}|}")]
    [TestCase("a[||]b")]
    [TestCase("a\n// === B.cs ===\n[|b|]\n// === C.cs ===\nc")]
    public void Markup_is_rendered_as_it_was_read(string markup) => Assert.That(Markup.Render(Markup.Parse(markup)), Is.EqualTo(markup));

    private static async Task Fails(Func<Task> verify, string because) =>
        Assert.That((await Assert.ThrowsAsync<VerificationException>(verify))!.Message, Does.Contain(because));

    private abstract class TypeRule : DiagnosticAnalyzer
    {
        protected static readonly DiagnosticDescriptor Rule =
            new("TST0001", "Title", "'{0}' is bad", "Test", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "https://example.org");

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rule];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        }

        protected abstract void Analyze(SymbolAnalysisContext context);
    }

    private sealed class NameRule : TypeRule
    {
        protected override void Analyze(SymbolAnalysisContext context)
        {
            var location = context.Symbol.Locations[0];
            var bad = context.Options.AnalyzerConfigOptionsProvider.GetOptions(location.SourceTree!).TryGetValue("TST0001.bad", out var value) ? value : "Bad";
            if (context.Symbol.Name.StartsWith(bad, StringComparison.Ordinal))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rule, location, context.Symbol.Name));
            }
        }
    }

    private sealed class ThrowingRule : TypeRule
    {
        protected override void Analyze(SymbolAnalysisContext context) => throw new InvalidOperationException("thrown on purpose");
    }

    private abstract class RenameFix(params string[] names) : CodeFixProvider
    {
        public override ImmutableArray<string> FixableDiagnosticIds { get; } = ["TST0001"];

        public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

        public override async Task RegisterCodeFixesAsync(CodeFixContext context)
        {
            var root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken))!;
            var token = root.FindToken(context.Span.Start);
            foreach (var name in names.Where(_ => token.Text != "BadForEver"))
            {
                var renamed = SyntaxFactory.Identifier(token.LeadingTrivia, token.Text.Replace("Bad", name, StringComparison.Ordinal), token.TrailingTrivia);
                context.RegisterCodeFix(
                    CodeAction.Create(name, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceToken(token, renamed))), equivalenceKey: name),
                    context.Diagnostics);
            }
        }
    }

    private sealed class GoodFix() : RenameFix("Good");

    private sealed class TwoWaysFix() : RenameFix("Good", "Fine");

    private sealed class BreakingFix() : RenameFix("");

    private sealed class UselessFix() : RenameFix("BadStill")
    {
        public override FixAllProvider? GetFixAllProvider() => null;
    }

    private sealed class ThrowingFix() : RenameFix("Good")
    {
        public override Task RegisterCodeFixesAsync(CodeFixContext context) => throw new InvalidOperationException("thrown on purpose");
    }

    private sealed class HalfFixAll() : RenameFix("Good")
    {
        public override FixAllProvider GetFixAllProvider() => FixAllProvider.Create(async (_, document, _) =>
        {
            var root = (await document.GetSyntaxRootAsync())!;
            var first = root.DescendantNodes().OfType<ClassDeclarationSyntax>().First();
            return document.WithSyntaxRoot(root.ReplaceNode(first, first.WithIdentifier(SyntaxFactory.Identifier("Good").WithTriviaFrom(first.Identifier))));
        });
    }
}
