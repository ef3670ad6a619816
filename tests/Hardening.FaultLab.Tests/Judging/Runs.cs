using Hardening.FaultLab.Application;
using Hardening.FaultLab.Faults;
using Hardening.FaultLab.Judging;
using Hardening.FaultLab.Truth;
using Hardening.Stalls;

namespace Hardening.FaultLab.Tests.Judging;

/// <summary>Runs as they could have been: times in ms, the fault from 1,000 to 3,500, the limit 400.</summary>
internal static class Runs
{
    public static RunRecord Of(IReadOnlyList<Gap> gaps, params ToldStall[] told) => new()
    {
        Fault = "one",
        Limit = TimeSpan.FromMilliseconds(400),
        FaultStart = Ns(1000),
        FaultEnd = Ns(3500),
        Gaps = gaps,
        Told = told,
    };

    public static Gap Gap(int start, int end, string activity = Activities.Camera, double running = 0, double waiting = 0, double collecting = 0) =>
        new(activity, Ns(start), Ns(end), (long)(Ns(end - start) * running), (long)(Ns(end - start) * waiting), (long)(Ns(end - start) * collecting));

    public static ToldStall Event(int start, int time, string activity = Activities.Camera, int? silence = null) => new() { Id = "", Activities = [activity], Time = Ns(time), Start = Ns(start), NoticedAfter = TimeSpan.FromMilliseconds(silence ?? time - start) };

    public static ToldStall Report(int start, int time, StallCause cause, string[]? activities = null, params StallCause[] contributions) => new()
    {
        Id = "1",
        Activities = activities ?? [Activities.Camera],
        Time = Ns(time),
        Start = Ns(start),
        Duration = TimeSpan.FromMilliseconds(time - start),
        Verdict = new StallVerdict
        {
            Cause = cause,
            Confidence = 0.9,
            Contributions = [.. contributions.Select(other => new StallContribution(other, 0.3))],
            Shares = new StallShares(),
            Evidence = [],
        },
    };

    /// <summary>A machine of two processors on which others have a share of the time.</summary>
    public static HostRecord Host(double foreign) => new(2, [new HostMoment(0, 0, 0), new HostMoment(Ns(10_000), (long)(2000 * foreign) + 100, 100)]);

    public static Judgement Decide(RunRecord run, FaultFacts facts, double foreign = 0, Func<string, int, string?>? readLine = null) =>
        Judge.Decide("one", facts, run, Host(foreign), readLine ?? ((_, _) => null));

    private static long Ns(int milliseconds) => milliseconds * 1_000_000L;
}
