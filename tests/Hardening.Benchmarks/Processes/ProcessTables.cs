using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Processes;

/// <summary>The figures for the eye.</summary>
internal static class ProcessTables
{
    public static (string Title, IRenderable Table) Of(IReadOnlyList<StartFigures> starts)
    {
        var table = Headed("", "who", "call returns", "end known", "time a start", "more than Process", "CPU", "CPU with child's");
        foreach (var start in starts)
        {
            table.AddRow(
                start.Scenario, start.Name, Text(start.Returned, "0.00"), Text(start.Exited, "0.00"), Text(start.Share, "0.00"), Text(Math.Round(start.MoreThanProcess, 2) + 0.0, "+0.00;-0.00;0.00"), Text(start.OwnCpu, "0.00"),
                Text(start.AllCpu, "0.00"));
        }

        return ("a program that ends at once, in ms (CPU: of the application and its supervisor)", table);
    }

    public static (string Title, IRenderable Table) Of(IReadOnlyList<EndFigures> ends)
    {
        var table = Headed("children", "who", "processes", "median ms", "slowest ms", "left");
        foreach (var end in ends)
        {
            table.AddRow(end.Escape, Markup.Escape(end.Name), Text(end.Processes, "0"), Text(end.Milliseconds, "0"), Text(end.Most, "0"), Text(end.Left, "0"));
        }

        return ($"children that do not want to end, from the call until it returns; StopAsync has a grace period of {EndCost.Grace.TotalMilliseconds} ms; left: the most of all rounds", table);
    }

    public static (string Title, IRenderable Table) Of(IReadOnlyList<LevelFigures> levels, ProcessMemory used)
    {
        var table = Headed("level", "", "start ms", "first child ms", "PSS MB", "private MB", "processes", "idle CPU ms");
        foreach (var level in levels)
        {
            table.AddRow(
                level.Level, "new", Text(level.StartMilliseconds, "0"), Text(level.FirstChildMilliseconds, "0.0"), Text(level.Proportional, "0.0"), Text(level.Private, "0.0"), Text(level.Processes, "0"),
                Text(level.IdleMilliseconds, "0"));
        }

        table.AddRow("", "after all this", "", "", Text(used.Proportional, "0.0"), Text(used.Private, "0.0"), "", "");
        return ("the supervisor of a fresh application, with its guard, while 20 children sleep", table);
    }

    private static Table Headed(params string[] columns)
    {
        var table = new Table();
        foreach (var (column, at) in columns.Select((column, at) => (column, at)))
        {
            table.AddColumn(column, made => made.Alignment = at < 2 ? Justify.Left : Justify.Right);
        }

        return table;
    }

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
