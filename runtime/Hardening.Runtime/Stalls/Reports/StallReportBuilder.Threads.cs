using Hardening.Stalls.Classification;

namespace Hardening.Stalls.Reports;

internal static partial class StallReportBuilder
{
    // Of each kind: a list that is read by people.
    private const int TopThreads = 8;
    private const int MaxStackGroups = 50;
    private const int MaxFrames = 64;

    private static ThreadUsage[] FindThreads(StallFacts facts, IReadOnlyList<StallLock> locks)
    {
        var window = facts.Window;
        var times = facts.ThreadIds.Select(facts.TimeOf).ToArray();
        var wanted = new HashSet<int>(window.Others.Select(other => other.ThreadId).Append(window.Activity.ThreadId).Append(facts.ThreadId).Concat(locks.Select(held => held.OwnerThreadId)).Where(id => id > 0));
        wanted.UnionWith(Top(time => time.Running));
        wanted.UnionWith(Top(time => time.System));
        wanted.UnionWith(Top(time => time.Waiting));
        return
        [
            .. wanted.Select(facts.TimeOf)
                .OrderByDescending(time => time.ThreadId == window.Activity.ThreadId)
                .ThenByDescending(time => time.Running + time.Waiting).ThenBy(time => time.ThreadId)
                .Select(time => Usage(facts, time)),
        ];

        IEnumerable<int> Top(Func<ThreadTime, double> by) => times.Where(time => by(time) > 0).OrderByDescending(by).ThenBy(time => time.ThreadId).Take(TopThreads).Select(time => time.ThreadId);
    }

    private static ThreadUsage Usage(StallFacts facts, ThreadTime time) => new()
    {
        ThreadId = time.ThreadId,
        Name = facts.Window.ThreadNames.GetValueOrDefault(time.ThreadId) ?? "",
        User = Time(time.User),
        System = Time(time.System),
        Running = Time(time.Running),
        WaitingForProcessor = Time(time.Waiting),
        WaitChannel = time.Last is { } row and not { State: 'R' } ? WaitPlaces.Channel(row, facts.Window) : "",
    };

    private static SourceDocument[] FindDocuments(ThreadStackCapture? capture, ThreadStackFrame? culprit, IReadOnlyList<StallLock> locks, StackGroup[] stacks)
    {
        var named = stacks.SelectMany(group => group.Frames).Concat(locks.SelectMany(held => new[] { held.OwnerAt, held.WaitersAt })).Append(culprit).Select(frame => frame?.File).ToHashSet();
        return [.. (capture?.Documents ?? []).Where(document => named.Contains(document.File)).OrderBy(document => document.File, StringComparer.Ordinal)];
    }

    // What is measured in ns is not told to fractions of a microsecond.
    private static TimeSpan Time(double seconds) => TimeSpan.FromSeconds(Math.Round(seconds, 6));

    private static StackGroup[] GroupStacks(ThreadStackCapture? stacks) =>
    [
        .. (stacks?.Threads ?? []).Where(thread => thread.Frames.Count > 0)
            .GroupBy(thread => string.Join('\n', thread.Frames.Take(MaxFrames).Select(frame => $"{frame.Method}|{frame.File}|{frame.Line}")), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Take(MaxStackGroups)
            .Select(group => new StackGroup([.. group.Select(thread => thread.ThreadId).Order()], [.. group.First().Frames.Take(MaxFrames)])),
    ];
}
