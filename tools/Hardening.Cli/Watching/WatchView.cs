using System.Globalization;
using Hardening.Stalls.Classification;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Cli.Watching;

/// <summary>The live view of a watch, and its one line for where no terminal is.</summary>
internal static class WatchView
{
    private const int OtherLines = 14; // of the view, beside the threads
    private const int FewestThreads = 3;

    /// <param name="session">What is watched.</param>
    /// <param name="picture">Its last second.</param>
    /// <param name="height">Lines of the terminal.</param>
    public static IRenderable Draw(WatchSession session, WatchPicture picture, int height)
    {
        var target = session.Target;
        var head = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        Row(head, "process", $"{target.Name} {target.Id}, {Readable.Count(picture.ThreadCount, "thread")}, {Readable.Number(picture.Runnable)} want to run{(picture.Uninterruptible > 0 ? $", {picture.Uninterruptible} wait for devices" : "")}");
        Row(head, "uses", $"{Readable.Number(picture.User + picture.System)} of {Readable.Count(session.Processors, "processor")}: user {WatchText.Percent(picture.User)}, kernel {WatchText.Percent(picture.System)}; ready without one {WatchText.Percent(picture.Waiting)}");
        Row(head, "kernel", $"{Readable.Number(picture.Switches)} switches/s, {Readable.Number(picture.Faults)} faults/s{(picture.Throttled > 0 ? $", held back {WatchText.Percent(picture.Throttled)}" : "")}");
        Row(head, "children", picture.Children == 0 && picture.ChildrenUse <= 0 ? "none" : $"{Readable.Number(picture.Children)}, using {Readable.Number(picture.ChildrenUse)}");
        Row(head, "host", $"{Readable.Number(picture.HostUse)} used, {Readable.Number(picture.HostRunnable)} want to run; pressure cpu {WatchText.Percent(picture.ProcessorPressure)}, memory {WatchText.Percent(picture.MemoryPressure)}, io {WatchText.Percent(picture.IoPressure)}");
        if (picture.Runtime.PoolThreads > 0 || picture.Paused > 0)
        {
            Row(head, ".NET", $"paused {WatchText.Percent(picture.Paused)}, {Readable.Number(picture.Contentions)} lock waits/s, pool {picture.Runtime.PoolThreads} threads, {picture.Runtime.PendingWorkItems} queued");
        }

        var threads = new Table().Border(TableBorder.None).Expand();
        foreach (var (name, isNumber) in ((string, bool)[])[("thread", true), ("name", false), ("user", true), ("kernel", true), ("no cpu", true), ("switches/s", true), ("", false), ("waits in", false)])
        {
            threads.AddColumn(new TableColumn(new Text(name, new Style(decoration: Decoration.Bold))) { NoWrap = true, Alignment = isNumber ? Justify.Right : Justify.Left });
        }

        var room = Math.Max(FewestThreads, height - OtherLines);
        foreach (var thread in picture.Threads.Take(room))
        {
            threads.AddRow(
                new Text(Number(thread.Id)), new Text(thread.Name), Share(thread.User), Share(thread.System), Share(thread.Waiting), new Text(Readable.Number(thread.Switches)), new Text(thread.State == '\0' ? " " : thread.State.ToString()),
                new Text(thread.Waits) { Overflow = Overflow.Ellipsis });
        }

        var findings = Findings(session);
        return new Rows(
            new Text($"harden watch  {Readable.Seconds(picture.Elapsed.TotalSeconds)}  (Ctrl+C ends it, with a summary)", new Style(Color.Grey)), head, threads,
            new Text(picture.Threads.Count > room ? $"… {picture.Threads.Count - room} more threads" : "", new Style(Color.Grey)),
            new Rows(findings.Length == 0 ? [new Text("no stall so far, nothing else amiss", new Style(Color.Green))] : [.. findings.Select(finding => new Text(finding, new Style(Color.Yellow)))]));
    }

    /// <summary>The same in one line.</summary>
    public static string Line(WatchSession session, WatchPicture picture)
    {
        var busiest = picture.Threads is [var first, ..] && first.Running + first.Waiting > 0 ? $", most by '{first.Name}' ({first.Id})" : "";
        var findings = Findings(session);
        return TargetFinder.Plain($"{Readable.Seconds(picture.Elapsed.TotalSeconds),6}: {Readable.Number(picture.User + picture.System)} of {Readable.Count(session.Processors, "processor")}, {WatchText.Percent(picture.User + picture.System > 0 ? picture.System / (picture.User + picture.System) : 0)} in the kernel, "
            + $"{Readable.Count(picture.ThreadCount, "thread")}{busiest}, {Readable.Number(picture.Switches)} switches/s{(picture.Children > 0 ? $", {Readable.Count(picture.Children, "child", "children")}" : "")}; {(findings.Length == 0 ? "no stall so far" : string.Join("; ", findings))}");
    }

    // The last stall and the worst state: what there is room for.
    private static string[] Findings(WatchSession session)
    {
        var (stalls, episodes) = (session.Analysis.Stalls, session.Analysis.Episodes);
        return
        [
            .. episodes.Where(episode => episode.Report is not null).Take(2).Select(episode => TargetFinder.Plain(episode.Report!.Headline)),
            .. stalls.Count == 0 ? [] : new[] { $"{Readable.Count(stalls.Count, "stall")}, the last: {TargetFinder.Plain(stalls[^1].Report?.Headline ?? "")}" },
        ];
    }

    private static void Row(Grid grid, string name, string text) => grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(text));

    private static Text Share(double share) => new(share < 0.0005 ? "" : WatchText.Percent(share), share >= 0.5 ? new Style(Color.Yellow) : null);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
