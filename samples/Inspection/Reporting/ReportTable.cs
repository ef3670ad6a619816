using System.Globalization;
using Spectre.Console;

namespace Inspection.Reporting;

/// <summary>The final tables.</summary>
internal static class ReportTable
{
    /// <summary>A row per figure, a column per server.</summary>
    public static Table Create(IReadOnlyList<RunReport> reports)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("");
        foreach (var report in reports)
        {
            table.AddColumn(new TableColumn(report.Server).RightAligned());
        }

        foreach (var (name, value) in Rows(reports))
        {
            table.AddRow([Markup.Escape(name), .. reports.Select(report => Markup.Escape(value(report)))]);
        }

        return table;
    }

    /// <summary>A row per camera and server, for a run in which cameras fared differently; null for one in which no frame is missing.</summary>
    public static Table? CreatePerCamera(IReadOnlyList<RunReport> reports)
    {
        if (reports.All(report => report.Lost + report.Dropped + report.Missed == 0))
        {
            return null;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("server", "camera", "state");
        foreach (var name in (string[])["received", "processed", "dropped", "lost before us", "owed"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var report in reports)
        {
            foreach (var camera in report.Cameras)
            {
                table.AddRow(
                    report.Server, Markup.Escape(camera.Camera), Words(camera.State), $"{camera.Received:N0}", $"{camera.Processed:N0}", $"{camera.Dropped:N0}", $"{camera.Lost:N0}", $"{camera.Missed:N0}");
            }
        }

        return table;
    }

    /// <summary>What the rows are called, and what they say of a run.</summary>
    public static IEnumerable<(string Name, Func<RunReport, string> Value)> Rows(IReadOnlyList<RunReport> reports)
    {
        yield return ("ran for", r => string.Create(CultureInfo.InvariantCulture, $"{r.Seconds:F1} s") + (r.EndedEarly is null ? "" : ", ended early"));
        yield return ("frames due", r => $"{r.Due:N0}");
        yield return ("frames received", r => $"{r.Received:N0}");
        yield return ("frames processed", r => $"{r.Processed:N0} ({Share(r.Processed, r.Received + r.Lost)})");
        yield return ("lost before us (gaps)", r => $"{r.Lost:N0}");
        if (reports.Any(r => r.Missed > 0))
        {
            yield return ("owed by silent cameras (estimate)", r => $"{r.Missed:N0}");
        }

        foreach (var (edge, reason) in reports.SelectMany(r => r.Drops).Select(drop => (drop.Edge, drop.Reason)).Distinct())
        {
            yield return ($"dropped at {edge}: {Words(reason)}", r => $"{r.Drops.Where(drop => (drop.Edge, drop.Reason) == (edge, reason)).Sum(drop => drop.Count):N0}");
        }

        yield return ("in flight at the end", r => $"{r.InFlight:N0}");
        yield return ("received = processed + dropped + in flight", r => $"{r.Received:N0} {(r.AddsUp ? "=" : "≠")} {r.Processed:N0} + {r.Dropped:N0} + {r.InFlight:N0}");
        yield return ("wrong results", r => r.Checked == 0 ? "not known" : $"{r.Wrong:N0} of {r.Checked:N0}");
        yield return ("defects found", r => $"{r.Defects:N0}");
        yield return ("latency p50 / p99 / max", r => $"{Ms(r.Latency.P50Ms)} / {Ms(r.Latency.P99Ms)} / {Ms(r.Latency.MaxMs)} ms");
        yield return ("longest pause of one camera", r => $"{Ms(r.LongestPauseMs)} ms");
        yield return ("stalls seen by the watchdog", r => $"{r.Stalls:N0}");
        yield return ("CPU user / system", r => $"{r.UserSeconds:F1} / {r.SystemSeconds:F1} s ({r.SystemSeconds / Math.Max(r.UserSeconds + r.SystemSeconds, 0.001):P0} system)");
        yield return ("CPU of child processes", r => $"{r.ChildrenSeconds:F1} s");
        yield return ("threads at peak", r => $"{r.PeakThreads:N0}");
        yield return ("memory at peak", r => $"{r.PeakMemoryBytes >> 20:N0} MB");
        yield return ("managed bytes per frame", r => r.BytesPerFrame is { } bytes ? $"{bytes:N0}" : "too short to tell");
        yield return ("stopped for garbage collection", r => $"{Ms(r.GcPauseMs)} ms, {r.FullCollections:N0} full");
        yield return ("frames archived", r => $"{r.Archived:N0}" + (r.NotArchived == 0 ? "" : $", {r.NotArchived:N0} not"));
        foreach (var row in RecordingRows(reports).Concat(PoolRows(reports)))
        {
            yield return row;
        }

        yield return ("child processes left", r => $"{r.ChildrenLeft:N0}");
        yield return ("time to stop", r => $"{r.StopSeconds:F1} s");
        yield return ("machine used by others", r => r.UsedByOthers is { } others ? $"{others:P0}" : "not known");
    }

    private static IEnumerable<(string Name, Func<RunReport, string> Value)> RecordingRows(IReadOnlyList<RunReport> reports)
    {
        if (reports.Any(r => r.Replay is { Damaged: > 0 } or { Skipped: > 0 } or { UnreadableFiles: > 0 }))
        {
            yield return ("recordings: damaged / unreadable frames, unreadable files", r => r.Replay is { } replay ? $"{replay.Damaged:N0} / {replay.Skipped:N0}, {replay.UnreadableFiles:N0}" : "-");
        }

        if (reports.Any(r => r.Recording is not null))
        {
            yield return ("frames recorded", r => r.Recording is { } recording ? $"{recording.Written:N0} ({recording.Bytes >> 20:N0} MB in {recording.Files:N0} files)" : "-");
            yield return ("frames not recorded", r => r.Recording is { } recording ? string.Join(", ", [$"{recording.Dropped:N0}", .. recording.Drops.Select(drop => $"{Words(drop.Reason)} {drop.Count:N0}")]) : "-");
        }
    }

    private static IEnumerable<(string Name, Func<RunReport, string> Value)> PoolRows(IReadOnlyList<RunReport> reports)
    {
        if (reports.Any(r => r.Pool is not null))
        {
            yield return ("jobs of worker processes", r => r.Pool is { } pool ? $"{pool.Succeeded:N0} of {pool.Jobs:N0}" : "-");
            yield return ("jobs failed / late / given up / rejected", r => r.Pool is { } pool ? $"{pool.Failed:N0} / {pool.TimedOut:N0} / {pool.Cancelled:N0} / {pool.Rejected:N0}" : "-");
            yield return ("worker processes", r => r.Pool is { } pool ? $"{pool.Workers:N0}, {pool.Started:N0} started, {pool.Restarts:N0} restarted" : "-");
        }
    }

    private static string Share(long part, long whole) => whole == 0 ? "-" : (Math.Floor(10_000.0 * part / whole) / 10_000).ToString("P2", CultureInfo.InvariantCulture); // one lost of many is not 100 %

    private static string Ms(double value) => value.ToString(value < 100 ? "F1" : "N0", CultureInfo.InvariantCulture);

    private static string Words(string reason) => string.Concat(reason.Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}
