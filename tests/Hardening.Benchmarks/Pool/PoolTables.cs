using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Pool;

/// <summary>The figures for the eye: a table for each scenario, without columns that have nothing in them.</summary>
internal static class PoolTables
{
    public static IReadOnlyList<(string Title, IRenderable Table)> Of(IReadOnlyList<PoolFigures> figures) =>
    [
        .. PoolScenario.All.Select(scenario => (Scenario: scenario, Rows: figures.Where(row => row.Scenario == scenario.Name).OrderBy(row => row.Kind).ToList()))
            .Where(part => part.Rows.Count > 0).Select(part => (part.Scenario.Title, Of(part.Scenario, part.Rows))),
    ];

    private static Table Of(PoolScenario scenario, List<PoolFigures> rows)
    {
        var ours = rows.Find(row => row.Kind == ContenderKind.Ours);
        var floor = rows.Find(row => row.Kind == ContenderKind.Floor);
        (string Title, Func<PoolFigures, string> Text)[] columns =
        [
            ("who", row => $"{(row.Kind == ContenderKind.Floor ? "floor: " : "")}{row.Name}"),
            ("median", row => Text(row.Value)),
            ("least to most", row => row.Rounds.Count > 1 ? $"{Text(row.Least)} to {Text(row.Most)}" : ""),
            ("p99", row => Text(row.P99)),
            (scenario.Extra ?? "", row => Text(row.Extra)),
            ("CPU µs a job", row => Text(row.Cpu)),
            ("bytes a job", row => row.Kind == ContenderKind.Ours ? Text(row.Allocated) : ""),
            ("in the worker", row => Text(row.WorkerAllocated)),
            ("x the floor", row => floor is not null && row.Kind != ContenderKind.Floor ? Text(row.RatioTo(floor)) : ""),
            ("ours: x better", row => ours is not null && row.Kind == ContenderKind.Peer ? Text(ours.GainOver(row)) : ""),
        ];
        columns = [.. columns.Where(column => rows.Exists(row => column.Text(row).Length > 0))];
        var table = new Table();
        foreach (var (title, _) in columns)
        {
            table.AddColumn(title, made => made.Alignment = title == "who" ? Justify.Left : Justify.Right);
        }

        foreach (var row in rows)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Text(row)))]);
        }

        return table;
    }

    private static string Text(double? value) => value?.ToString(value >= 100 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
