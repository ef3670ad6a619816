using System.Text;
using Hardening.Testing;

namespace Hardening.Analyzers.Tests;

/// <summary>Docs that repeat the code are written from it: <c>HARDENING_WRITE=1 dotnet test --filter Generated</c>. Without the variable they are only compared.</summary>
public sealed class GeneratedDocsTests
{
    [Test]
    public void Index_of_the_rules() => Baseline.Check("docs/rules/index.md", Index());

    private static string Index()
    {
        var text = new StringBuilder(
            """
            # Rules

            Generated from the rules by `HARDENING_WRITE=1 dotnet test --filter Generated`.


            """);
        foreach (var category in AllRules.Analyzers.GroupBy(analyzer => analyzer.SupportedDiagnostics[0].Category))
        {
            text.Append(CultureInvariant($"## {category.Key["Hardening.".Length..]}\n\n| id | title | severity | law | fix |\n|---|---|---|---|---|\n"));
            foreach (var rule in category.Select(analyzer => analyzer.SupportedDiagnostics[0]))
            {
                var fix = AllRules.FixesOf(rule).Any() ? "yes" : "–";
                text.Append(CultureInvariant($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {rule.DefaultSeverity} | [{Laws.Of(rule)}](../laws.md) | {fix} |\n"));
            }

            text.Append('\n');
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string CultureInvariant(FormattableString text) => FormattableString.Invariant(text);
}
