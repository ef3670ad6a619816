using Hardening.FaultLab.Application;
using Hardening.FaultLab.Truth;

namespace Hardening.FaultLab.Judging;

/// <summary>Finds stalls that were told of where there was no gap beyond the limit.</summary>
internal static class FalseStalls
{
    private const double Slack = 0.9; // of the limit: the watchdog's clock and the activity's are read at different moments
    private const long Lag = 10_000_000_000; // ns that telling may take on a machine that others have: an event does not say when it was made

    public static IEnumerable<ToldStall> Of(RunRecord run)
    {
        var gaps = run.Gaps.Where(gap => gap.Length >= Slack * run.Limit.TotalNanoseconds).OrderBy(gap => gap.Start).ToList();
        return run.Told.Where(told => told is { HasEnded: false, IsReport: true } && !gaps.Exists(gap => IsOf(told, gap) && gap.Overlaps(told.Start, told.Time))).Concat(OfEvents(run, gaps));
    }

    // Each event takes a gap of its own, the earliest that it can be about.
    private static IEnumerable<ToldStall> OfEvents(RunRecord run, List<Gap> gaps)
    {
        var free = new List<Gap>(gaps);
        foreach (var told in run.Told.Where(told => told is { HasEnded: false, IsReport: false }).OrderBy(told => told.Time))
        {
            var its = free.FindIndex(gap => IsOf(told, gap) && gap.Overlaps(told.Start - Lag, told.Time));
            if (its < 0)
            {
                yield return told;
            }
            else if (free[its].Activity is not (Activities.Pool or Activities.Process)) // these tell of several in one
            {
                free.RemoveAt(its);
            }
        }
    }

    // While the thread that queues work did not run, nobody knows how late the pool was.
    private static bool IsOf(ToldStall told, Gap gap) => told.Activities[0] switch
    {
        Activities.Process => true,
        Activities.Pool => gap.Activity is Activities.Pool or Activities.Process,
        var name => gap.Activity == name,
    };
}
