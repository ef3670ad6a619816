using System.Globalization;
using Hardening.Benchmarks.Pool;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Camera;

/// <summary>The figures for the eye: medians over the rounds. Latencies in microseconds, all else for a frame: CPU milliseconds, the kernel's share of that, managed bytes, page faults. Faults share a table, and so do numbers of cameras; every other case has one.</summary>
internal static class CameraTables
{
    private static readonly (string Title, Func<CameraFigures, string> Text)[] Latency =
    [
        ("p50", row => Text(row.Of(round => round.P50))),
        ("p99", row => Text(row.Of(round => round.P99))),
        ("p99.9", row => Text(row.Of(round => round.P999))),
        ("max", row => Text(row.Of(round => round.Max))),
    ];

    private static readonly (string Title, Func<CameraFigures, string> Text)[] Loss =
    [
        ("dropped", row => Text(row.Of(round => round.Dropped))),
        ("driver", row => Text(row.Of(round => round.DriverLost))),
        ("disorder", row => Text(row.Of(round => round.OutOfOrder))),
    ];

    private static readonly (string Title, Func<CameraFigures, string> Text)[] Cost =
    [
        ("CPU ms", row => row.Of(round => round.Cpu)?.ToString("0.000", CultureInfo.InvariantCulture) ?? ""),
        ("of it JIT", row => row.Of(round => round.Compiling)?.ToString("0.000", CultureInfo.InvariantCulture) ?? ""),
        ("in kernel", row => row.Of(round => round.SystemShare)?.ToString("0 %", CultureInfo.InvariantCulture) ?? ""),
        ("bytes", row => Text(row.Of(round => round.Managed))),
        ("GC 0/1/2", row => row.Of(round => round.Gen0) is { } first ? string.Create(CultureInfo.InvariantCulture, $"{first:0}/{row.Of(round => round.Gen1):0}/{row.Of(round => round.Gen2):0}") : ""),
        ("faults", row => Text(row.Of(round => round.Faults))),
        ("MB", row => Text(row.Of(round => round.Memory))),
    ];

    public static IReadOnlyList<(string Title, IRenderable Table)> Of(IReadOnlyList<CameraFigures> figures) =>
    [
        .. figures.GroupBy(row => row.What.Kind is CameraCaseKind.Fault or CameraCaseKind.Growth ? row.What.Group : row.What.Key)
            .Select(part => (Title(part.First().What), (IRenderable)Of(part.First().What.Kind, [.. part.OrderBy(row => row.What.Kind == CameraCaseKind.Growth ? row.What.Workload.Cameras : 0).ThenBy(row => row.Kind)]))),
    ];

    private static string Title(CameraCase what) => what.Kind switch
    {
        CameraCaseKind.Fault => "one camera, or what works on its frames, has a fault: the other four, without and with it",
        CameraCaseKind.Growth => "more and more cameras of 160x120, 30 frames/s each",
        _ => what.Title,
    };

    private static Table Of(CameraCaseKind kind, List<CameraFigures> rows)
    {
        (string Title, Func<CameraFigures, string> Text)[] columns = kind switch
        {
            CameraCaseKind.Paced => [Who, .. Latency, .. Loss, .. Cost],
            CameraCaseKind.Fast => [Who, ("frames/s", row => Text(row.Of(round => round.PerSecond))), .. Loss, .. Cost],
            CameraCaseKind.Overload =>
            [
                Who, ("frames/s", row => Text(row.Of(round => round.PerSecond))), ("shares differ by", row => row.Of(round => round.Unfairness)?.ToString("0 %", CultureInfo.InvariantCulture) ?? ""), .. Latency, .. Loss,
                ("MB", row => Text(row.Of(round => round.Memory))), ("MB more", row => Text(row.Of(round => round.Growth))),
            ],
            CameraCaseKind.Fault =>
            [
                ("fault", row => row.What.Title), ("p50 without", row => Text(row.Of(round => round.CalmP50))), ("with", row => Text(row.Of(round => round.P50))), ("p99 without", row => Text(row.Of(round => round.CalmP99))),
                ("with", row => Text(row.Of(round => round.P99))), ("max", row => Text(row.Of(round => round.Max))), ("others' frames done", row => row.Of(round => round.OthersDone)?.ToString("0.0 %", CultureInfo.InvariantCulture) ?? ""),
                ("its own, last round", row => row.Rounds[^1].Fate ?? ""),
            ],
            _ =>
            [
                ("cameras", row => Text(row.What.Workload.Cameras)), Who, .. Latency[..2], .. Loss[..2], ("CPU µs/frame", row => Text(row.Of(round => round.Cpu * 1000))), .. Cost[2..4], ("MB", row => Text(row.Of(round => round.Memory))),
                ("threads", row => Text(row.Of(round => round.Threads))), ("s to stop", row => Text(row.Of(round => round.StopSeconds))),
            ],
        };
        columns = [.. columns.Where(column => rows.Exists(row => column.Text(row).Length > 0))];
        var table = new Table();
        foreach (var (title, _) in columns)
        {
            table.AddColumn(title, made => (made.Alignment, made.NoWrap) = (title is "who" or "fault" or "its own, last round" ? Justify.Left : Justify.Right, title == "who"));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. columns.Select(column => Markup.Escape(column.Text(row)))]);
        }

        return table;
    }

    private static (string Title, Func<CameraFigures, string> Text) Who => ("who", row => $"{(row.Kind == ContenderKind.Floor ? "floor: " : "")}{row.Name}");

    private static string Text(double? value) => value?.ToString(value >= 100 || value == 0 ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture) ?? "";
}
