using Spectre.Console;

namespace Inspection.Reporting;

/// <summary>A table that is drawn again and again in place, for terminals.</summary>
internal sealed class LiveView(IAnsiConsole console) : IProgressView
{
    public void Follow(Action<Action<Progress>> run) =>
        console.Live(new Text("Opening the cameras …")).AutoClear(true).Start(live => run(progress => live.UpdateTarget(Draw(progress))));

    private static Table Draw(Progress progress)
    {
        var table = new Table
        {
            Border = TableBorder.Rounded,
            Title = new TableTitle($"{progress.Server}, {progress.Elapsed.TotalSeconds:F0}{(progress.Duration is { } duration ? $" of {duration.TotalSeconds:F0}" : "")} s, {progress.Stalls} stalls"),
        };
        table.AddColumn("camera");
        foreach (var name in (string[])["state", "fps", "processed", "in flight", "dropped", "lost before us", "wrong", "p50 ms", "p99 ms", "max ms"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var (account, results, fps) in progress.Cameras)
        {
            table.AddRow(
                Markup.Escape(account.Camera), account.State, $"{fps:F1}", $"{account.Processed:N0}", $"{account.InFlight:N0}", Alarm(account.Dropped), Alarm(account.Lost), Alarm(results.Wrong),
                $"{results.Latency.P50.TotalMilliseconds:F1}", $"{results.Latency.P99.TotalMilliseconds:F1}", $"{results.Latency.Max.TotalMilliseconds:F1}");
        }

        return table;
    }

    private static string Alarm(long count) => count == 0 ? "0" : $"[red]{count:N0}[/]";
}
