using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Pool;

/// <summary>The figures for the eye: a table for each scenario.</summary>
internal static class PoolTables
{
    public static IReadOnlyList<(string Title, IRenderable Table)> Of(IReadOnlyList<PoolFigures> figures) =>
        [.. PoolScenario.All.Select(scenario => (scenario, Rows: figures.Where(row => row.Scenario == scenario.Name).ToList())).Where(part => part.Rows.Count > 0).Select(part => (part.scenario.Title, Of(part.Rows)))];

    private static Table Of(List<PoolFigures> rows)
    {
        var ours = rows.Find(row => row.Kind == ContenderKind.Ours);
        var floor = rows.Find(row => row.Kind == ContenderKind.Floor);
        var table = new Table();
        foreach (var column in (string[])["", "who", "median", "least", "most", "p99", "CPU µs a job", "ours is … x better", "x the floor", "bytes a job: host, worker"])
        {
            table.AddColumn(column, made => made.Alignment = column is "" or "who" ? Justify.Left : Justify.Right);
        }

        foreach (var row in rows.OrderBy(row => row.Kind))
        {
            table.AddRow(
                row.Kind.ToString(), Markup.Escape(row.Name), Text(row.Value), Text(row.Least), Text(row.Most), Text(row.P99), Text(row.Cpu),
                ours is not null && row.Kind == ContenderKind.Peer ? Text(ours.GainOver(row)) : "", floor is not null && row.Kind != ContenderKind.Floor ? Text(row.RatioTo(floor)) : "",
                row is { Kind: ContenderKind.Ours, Allocated: { } allocated } ? $"{Text(allocated)}{(row.WorkerAllocated is { } worker ? $", {Text(worker)}" : "")}" : "");
        }

        return table;
    }

    private static string Text(double? value) => value?.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
