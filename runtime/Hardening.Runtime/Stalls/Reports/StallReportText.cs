using System.Globalization;
using System.Text;

namespace Hardening.Stalls.Reports;

/// <summary>The report for people: Markdown that reads well as plain text too.</summary>
internal sealed class StallReportText
{
    private const int MaxThreads = 20;
    private const int MaxFrames = 30;
    private const int BarWidth = 30;

    private readonly StringBuilder _text = new();

    public static string Write(StallReport report) => new StallReportText().Whole(report);

    private string Whole(StallReport report)
    {
        Line($"# {OneLine(report.Headline)}");
        Line();
        var until = report.HasEnded ? "is over" : "still lasts";
        Line($"{Code(report.Subject.Name)} (process {report.Subject.ProcessId} on {OneLine(report.Subject.Host)}), {report.StartedAt:yyyy-MM-dd HH:mm:ss.fff} UTC, {Seconds(report.Duration)}, noticed after {Seconds(report.DetectedAfter)}; the stall {until}. Report {Code(report.Id)}.");
        Activities(report.Activities);
        Why(report.Verdict);
        Locks(report.Locks);
        Stacks(report);
        Threads(report.Threads);
        WhatToDo(report.Advice);
        List("What is missing", report.Missing);
        var subject = report.Subject;
        Section("Where");
        Line($"* {subject.Processors} processors, {OneLine(subject.System)}, {OneLine(subject.Runtime)}{(subject.Version.Length > 0 ? $", version {OneLine(subject.Version)}" : "")}");
        return _text.ToString();
    }

    private void Activities(IReadOnlyList<StalledActivity> activities)
    {
        Section("What stood still");
        Plain("| activity | doing | silent for | limit | thread | moves again |");
        Plain("|---|---|---|---|---|---|");
        foreach (var activity in activities)
        {
            var thread = activity.ThreadId == 0 ? "" : Number(activity.ThreadId);
            Line($"| {Cell(activity.Name)} | {Cell(activity.Label)} | {Seconds(activity.Silence)} | {Seconds(activity.StallAfter)} | {thread} | {(activity.HasEnded ? "yes" : "no")} |");
        }
    }

    private void Why(StallVerdict verdict)
    {
        Section("Why");
        Line($"**{verdict.Cause}**, {verdict.Confidence:P0} sure.");
        foreach (var other in verdict.Contributions)
        {
            Line($"* beside it: {other.Cause}{(other.Share >= 0.005 ? string.Create(CultureInfo.InvariantCulture, $", {other.Share:P0}") : "")}");
        }

        Line();
        Plain("```text");
        Bar("ran", verdict.Shares.Running);
        Bar("waited for a processor", verdict.Shares.WaitingForProcessor);
        Bar("blocked", verdict.Shares.Blocked);
        Bar("stopped by the collector", verdict.Shares.Suspended);
        Bar("process stopped", verdict.Shares.Stopped);
        Plain("```");
        Line();
        foreach (var sentence in verdict.Evidence)
        {
            Line($"* {OneLine(sentence)}");
        }
    }

    private void Bar(string what, double share)
    {
        var filled = double.IsFinite(share) ? (int)Math.Round(Math.Clamp(share, 0, 1) * BarWidth) : 0;
        Line($"{what,-24} {new string('#', filled).PadRight(BarWidth, '.')} {share,6:P0}");
    }

    private void Locks(IReadOnlyList<StallLock> locks)
    {
        if (locks.Count == 0)
        {
            return;
        }

        Section("Locks");
        foreach (var held in locks)
        {
            var owner = held.OwnerThreadId == 0 ? "nobody known" : Thread(held.OwnerThreadId, held.OwnerName);
            Line($"* **{OneLine(held.Kind)}{(held.Type is { } type ? $" {Code(type)}" : "")}** at 0x{held.Address:x}: {held.Waiters} wait, held by {owner}");
            if (held.OwnerAt is { } at)
            {
                Line($"  * the owner: {Frame(at)}");
            }

            if (held.WaitersAt is { } wait)
            {
                Line($"  * those who wait: {Frame(wait)}");
            }

            if (held.WaiterThreadIds.Count > 0)
            {
                Line($"  * threads {Numbers(held.WaiterThreadIds)}");
            }
        }
    }

    private void Stacks(StallReport report)
    {
        if (report.Culprit is { } culprit)
        {
            Section("The statement");
            Plain(Frame(culprit));
        }

        if (report.Stacks.Count == 0)
        {
            return;
        }

        Section("Stacks");
        foreach (var group in report.Stacks)
        {
            Line($"{group.ThreadIds.Count} {(group.ThreadIds.Count == 1 ? "thread" : "threads")}: {Numbers(group.ThreadIds)}");
            Line();
            Plain("```text");
            foreach (var frame in group.Frames.Take(MaxFrames))
            {
                Line($"  {OneLine(frame.Method)}{(Place(frame) is { Length: > 0 } place ? $"  {place}" : "")}");
            }

            Rest(group.Frames.Count - MaxFrames, "frames");
            Plain("```");
            Line();
        }
    }

    private void Threads(IReadOnlyList<ThreadUsage> threads)
    {
        if (threads.Count == 0)
        {
            return;
        }

        Section("Threads");
        Plain("| thread | name | ran | waited for a processor | user | kernel | waits in |");
        Plain("|---|---|---|---|---|---|---|");
        foreach (var thread in threads.Take(MaxThreads))
        {
            Line($"| {thread.ThreadId} | {Cell(thread.Name)} | {Seconds(thread.Running)} | {Seconds(thread.WaitingForProcessor)} | {Seconds(thread.User)} | {Seconds(thread.System)} | {Cell(thread.WaitChannel)} |");
        }

        Rest(threads.Count - MaxThreads, "threads");
    }

    private void WhatToDo(IReadOnlyList<StallAdvice> advice) => List(
        "What to do",
        [.. advice.Select(item => $"{item.Text}{(item.Rule is { } rule ? $" Rule {rule} finds such code." : "")}{(item.Type is { } type ? $" `{type}` takes its place." : "")}")]);

    private void List(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            Section(title);
            foreach (var line in lines)
            {
                Line($"* {OneLine(line)}");
            }
        }
    }

    private void Section(string title)
    {
        Line();
        Line($"## {title}");
        Line();
    }

    private void Rest(int left, string what)
    {
        if (left > 0)
        {
            Line();
            Line($"… and {left} more {what}: the JSON beside this file has them.");
        }
    }

    private void Line() => _text.Append('\n');

    private void Plain(string line) => _text.Append(line).Append('\n');

    // Not a string: that would be formatted by the culture of the application.
    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Frame(ThreadStackFrame frame) => Place(frame) is { Length: > 0 } place ? $"{Code(frame.Method)} at {Code(place)}" : Code(frame.Method);

    private static string Place(ThreadStackFrame frame) => frame.File is null ? "" : frame.Line is { } line ? $"{OneLine(frame.File)}:{Number(line)}" : OneLine(frame.File);

    private static string Thread(int id, string name) => name.Length > 0 ? $"{Code(name)} (thread {Number(id)})" : $"thread {Number(id)}";

    private static string Numbers(IReadOnlyList<int> numbers) => string.Join(", ", numbers.Take(MaxThreads).Select(Number)) + (numbers.Count > MaxThreads ? ", …" : "");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Cell(string text) => OneLine(text).Replace("|", "\\|", StringComparison.Ordinal);

    // A name is shown as it is, whatever it has in it: no name has a back tick that must be kept.
    private static string Code(string text) => $"`{OneLine(text).Replace('`', '\'')}`";
}
