using Hardening.Stalls;
using Hardening.Stalls.Analysis;
using Hardening.Stalls.Classification;
using Hardening.Stalls.Reports;
using Hardening.Stalls.Sampling;

namespace Hardening.Cli.Watching;

/// <summary>Makes reports of what was found from outside, in the form in which a watchdog inside gives them. Pure.</summary>
internal sealed class WatchVerdicts(StallSubject subject, ProgramKind kind)
{
    public StallReport Of(OutsideStall stall, StallWindow window, DateTimeOffset startedAt, IEnumerable<string> missing)
    {
        var verdict = stall.Kind == Stillness.Stopped ? Stopped(window) : Named(stall, CauseClassifier.Classify(window));
        var report = StallReportBuilder.Build(StallSubjects.Id(startedAt, subject.ProcessId, stall.Number), startedAt, window, verdict, subject, [.. missing, .. window.Stacks?.Missing is { } lacks ? new[] { lacks } : []]);
        return report with
        {
            Duration = TimeSpan.FromMicroseconds((stall.End - stall.Start) / 1000d),
            DetectedAfter = TimeSpan.FromMicroseconds(Math.Max(0, stall.Detected - stall.Start) / 1000d),
            Headline = stall.Kind == Stillness.Stopped ? $"{subject.Name} was stopped by a signal or held by a tracer (state {State(window)}); the whole process stood still for {Readable.Seconds((stall.End - stall.Start) * 1e-9)}" : report.Headline,
        };
    }

    public StallReport Of(Pathology found, StallWindow window, DateTimeOffset startedAt, int number, IEnumerable<string> missing)
    {
        var verdict = new StallVerdict
        {
            Cause = found.Cause,
            Confidence = found.Confidence,
            Contributions = [],
            Shares = new StallShares(),
            Evidence = found.Evidence,
        };
        var report = StallReportBuilder.Build(StallSubjects.Id(startedAt, subject.ProcessId, number), startedAt, window, verdict, subject, [.. missing, .. window.Stacks?.Missing is { } lacks ? new[] { lacks } : []]);
        var place = report.Culprit is { } culprit ? $"{StackFacts.Place(culprit)}: " : "";
        return report with { Headline = place + found.Headline, Advice = found.Advice is { } advice ? [new StallAdvice(advice), .. report.Advice] : report.Advice };
    }

    // Of a program with one lock for all its threads, a crowd at one place that keeps no owner waits for that.
    private StallVerdict Named(OutsideStall stall, StallVerdict verdict) => stall.Kind == Stillness.Futex && stall.Owners.Count == 0 && kind.InterpreterLock is { } name
        ? verdict with
        {
            Cause = StallCause.NativeLockContention,
            Confidence = Math.Max(verdict.Confidence, 0.75),
            Evidence = [$"{Readable.Count(stall.Threads.Count, "thread")} waited at one place (futex 0x{stall.Key:x}), which in this program is {name}: a thread holds it and does not let go.", .. verdict.Evidence],
        }
        : verdict;

    private static StallVerdict Stopped(StallWindow window) => new()
    {
        Cause = StallCause.ProcessStopped,
        Confidence = 0.95,
        Contributions = [],
        Shares = new StallShares { Stopped = 1 },
        Evidence = [$"All of its threads were in state {State(window)} for {Readable.Seconds(window.StallDuration * 1e-9)}: {(State(window) == 't' ? "a debugger or strace held it" : "it was sent SIGSTOP, or the stop of a terminal")}."],
    };

    private static char State(StallWindow window) => window.Samples.Where(sample => sample.Sample.Time <= window.StallEnd).SelectMany(sample => sample.Threads).LastOrDefault(row => row.State is 'T' or 't') is { State: not '\0' } row ? row.State : 'T';
}
