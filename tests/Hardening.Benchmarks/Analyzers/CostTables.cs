using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Analyzers;

/// <summary>The figures for the eye.</summary>
internal static class CostTables
{
    public static (string Title, IRenderable Table) Of(IEnumerable<Cost> costs)
    {
        var table = Create("rules", "version").Columns("seconds", "x bare", "CPU seconds", "x bare", "diagnostics");
        foreach (var cost in costs)
        {
            table.AddRow(Markup.Escape(cost.Name), cost.Version ?? "", Text(cost.Seconds, "0.00"), Text(cost.Ratio, "0.00"), Text(cost.CpuSeconds, "0.00"), Text(cost.CpuRatio, "0.00"), Text(cost.Diagnostics, "#,0"));
        }

        return ("Compile, median of all rounds", table);
    }

    public static (string Title, IRenderable Table) Of(IEnumerable<RuleShare> shares, RuleTimes times)
    {
        var table = Create("rule").Columns("seconds", "share");
        foreach (var share in shares)
        {
            table.AddRow(share.Rule, Text(share.Seconds, "0.000"), Text(share.Share, "0.0 %"));
        }

        return ($"Our rules, {Text(times.Total, "0.000")} s in all, after {Text(times.First, "0.000")} s for an empty rule before them; what ours share is paid by the first of them that asks", table);
    }

    public static (string Title, IRenderable Table) Of(IReadOnlyList<GrowthStep> steps)
    {
        var table = Create("kLOC")
            .Columns("bare seconds", "with our rules", "x bare", "CPU x bare", "rules' own seconds", "rules' own ms per kLOC");
        foreach (var step in steps)
        {
            table.AddRow(Text(step.KiloLines, "0.0"), Text(step.BareSeconds, "0.00"), Text(step.Seconds, "0.00"), Text(step.Ratio, "0.00"), Text(step.CpuRatio, "0.00"), Text(step.RulesSeconds, "0.000"), Text(step.RulesMsPerKiloLine, "0.00"));
        }

        return ("Generated code of growing size, medians", table);
    }

    /// <summary>Milliseconds per thousand lines of each rule at each size: a rule that grows faster than the code stands out.</summary>
    public static (string Title, IRenderable Table) PerRule(IReadOnlyList<GrowthStep> steps)
    {
        var table = Create("rule").Columns([.. steps.Select(step => $"{Text(step.KiloLines, "0")} kLOC")]);
        foreach (var rule in steps.SelectMany(step => step.RuleSeconds.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            table.AddRow([rule, .. steps.Select(step => Text(step.RuleSeconds.GetValueOrDefault(rule) * 1000 / step.KiloLines, "0.000"))]);
        }

        return ("Milliseconds per kLOC of each rule", table);
    }

    private static Table Create(params string[] left)
    {
        var table = new Table();
        Array.ForEach(left, column => table.AddColumn(column));
        return table;
    }

    private static Table Columns(this Table table, params string[] right)
    {
        Array.ForEach(right, name => table.AddColumn(name, column => column.RightAligned()));
        return table;
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "not known";
}
