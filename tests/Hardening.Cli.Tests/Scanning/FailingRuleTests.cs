using System.Collections.Immutable;
using Hardening.Analyzers.Locks;
using Hardening.Cli.Projects;
using Hardening.Cli.Scanning;
using Hardening.Cli.Tests.Projects;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hardening.Cli.Tests.Scanning;

public sealed class FailingRuleTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task A_rule_that_cannot_even_begin_is_told_and_the_others_run(CancellationToken stop)
    {
        var outcome = await ScanAsync(stop, new Failing(new HRD1001LockOnUnfitObjectAnalyzer(), inAction: false), new Failing(new HRD1002ReachableOrReplacedLockAnalyzer(), inAction: true));
        Assert.Multiple(() =>
        {
            Assert.That(outcome.RulesNotRun, Is.EqualTo(new[] { "HRD1001" }));
            Assert.That(outcome.Result.Findings.Select(finding => finding.RuleId), Is.EqualTo(new[] { "HRD1002" }));
            Assert.That(outcome.Result.Notes, Has.One.StartsWith("HRD1001 failed ").And.One.StartsWith("HRD1002 failed once in ").And.One.EqualTo("HRD1001 could not run in any project."));
        });
    }

    private static async Task<ScanOutcome> ScanAsync(CancellationToken stop, params DiagnosticAnalyzer[] rules)
    {
        using var folder = SourceFolder.Make();
        folder.Write("A.cs", "class A; class B;");
        using var code = await new ProjectLoader(TimeProvider.System).LoadAsync(folder.Root, _ => { }, stop);
        var catalog = new RuleCatalog([.. rules], rules.SelectMany(rule => rule.SupportedDiagnostics).ToDictionary(rule => rule.Id));
        return await new Scanner(TimeProvider.System, new ScanOptions(), catalog).ScanAsync(code, ".", DateTimeOffset.UnixEpoch, _ => { }, stop);
    }

    /// <summary>Has the id of another rule, and throws at once, or at the class A.</summary>
    private sealed class Failing(DiagnosticAnalyzer other, bool inAction) : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = other.SupportedDiagnostics;

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            if (!inAction)
            {
                throw new InvalidOperationException("at once");
            }

            context.RegisterSymbolAction(
                symbol =>
                {
                    if (symbol.Symbol.Name == "A")
                    {
                        throw new InvalidOperationException("later");
                    }

                    symbol.ReportDiagnostic(Diagnostic.Create(SupportedDiagnostics[0], symbol.Symbol.Locations[0], "A"));
                },
                SymbolKind.NamedType);
        }
    }
}
