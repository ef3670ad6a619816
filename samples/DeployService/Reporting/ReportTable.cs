using System.Globalization;
using DeployService.Measuring;
using Spectre.Console;

namespace DeployService.Reporting;

/// <summary>The final table: a row per figure, a column per server.</summary>
internal static class ReportTable
{
    public static Table Create(IReadOnlyList<ServerReport> reports)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("");
        foreach (var report in reports)
        {
            table.AddColumn(new TableColumn(report.Server).RightAligned());
        }

        foreach (var (name, value) in Rows())
        {
            table.AddRow([Markup.Escape(name), .. reports.Select(report => Markup.Escape(value(report)))]);
        }

        return table;
    }

    private static IEnumerable<(string Name, Func<ServerReport, string> Value)> Rows()
    {
        yield return ("requests", r => $"{r.Load.Requests:N0}" + (r.EndedEarly is null ? "" : ", ended early"));
        yield return ("deployed (200)", r => $"{r.Load.Succeeded:N0}");
        yield return ("script failed (500)", r => $"{r.Load.Failed:N0}");
        yield return ("took too long (504)", r => $"{r.Load.TimedOut:N0}");
        yield return ("client left / and its deployment ended with it", r => $"{r.Load.Cancelled:N0} / {r.Counts.Cancelled:N0}");
        yield return ("turned away (503) for good / to come again", r => $"{r.Load.TurnedAway:N0} / {r.Load.Answers503 - r.Load.TurnedAway:N0}");
        yield return ("no answer", r => $"{r.Load.NoAnswer:N0}");
        yield return ("latency p50 / p99, of those deployed", r => Times(r.Load.Latency));
        yield return ("the same, with the time until they came again", r => Times(r.Load.Wait));
        yield return ("the load took", r => Seconds(r.Load.Seconds));
        yield return ("children left after the load", r => Left(r.AfterLoad));
        yield return ("at SIGTERM: answered / cut off", r => $"{r.Terminated.Requests - r.Terminated.NoAnswer:N0} / {r.Terminated.NoAnswer:N0}");
        yield return ("time to stop", r => r.StopSeconds is { } seconds ? Seconds(seconds) : "killed after 30 s");
        yield return ("children left after SIGTERM", r => Left(r.AfterSigterm));
        yield return ("children left after SIGKILL", r => Left(r.AfterSigkill));
        yield return ("started again within", r => Seconds(r.RestartSeconds) + (r.WorksAgain ? "" : ", deploys nothing"));
    }

    private static string Left(LeftProcesses left) =>
        left.Processes == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{left.Processes:N0}, and {left.CoresUsed:F1} cores busy");

    private static string Times(TimesReport? times) => times is null ? "-" : $"{Ms(times.P50Ms)} / {Ms(times.P99Ms)} ms";

    private static string Seconds(double value) => value.ToString("F1", CultureInfo.InvariantCulture) + " s";

    private static string Ms(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
