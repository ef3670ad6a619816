using System.Collections.Immutable;
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
        var outcome = await ScanAsync(stop, new Failing("HRD7001", inAction: false), new Failing("HRD7002", inAction: true));
        Assert.Multiple(() =>
        {
            Assert.That(outcome.RulesNotRun, Is.EqualTo(new[] { "HRD7001" }));
            Assert.That(outcome.Result.Findings.Select(finding => finding.RuleId), Is.EqualTo(new[] { "HRD7002" }));
            Assert.That(outcome.Result.Notes, Has.One.StartsWith("HRD7001 failed ").And.One.StartsWith("HRD7002 failed once in ").And.One.EqualTo("HRD7001 could not run in any project."));
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

    /// <summary>Throws at once, or at the class A.</summary>
    private sealed class Failing(string id, bool inAction) : DiagnosticAnalyzer
    {
        private readonly DiagnosticDescriptor _rule = new(id, "Fails", "Fails", "Tests", DiagnosticSeverity.Warning, isEnabledByDefault: true);

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [_rule];

        public override void Initialize(AnalysisContext context)
        {
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

                    symbol.ReportDiagnostic(Diagnostic.Create(_rule, symbol.Symbol.Locations[0]));
                },
                SymbolKind.NamedType);
        }
    }
}
