using Hardening.FaultLab.Application;
using Hardening.FaultLab.Truth;

namespace Hardening.FaultLab.Judging;

/// <summary>Finds stalls that were told of where there was no gap beyond the limit.</summary>
internal static class FalseStalls
{
    private const double Slack = 0.9; // of the limit: the watchdog's clock and the activity's are read at different moments
    private const double There = 0.5; // of the limit: a gap of less than 20 ms is not noted, and several of them may stand beside a longer one

    public static IEnumerable<ToldStall> Of(RunRecord run)
    {
        var gaps = run.Gaps.Where(gap => gap.Length >= Slack * run.Limit.TotalNanoseconds).OrderBy(gap => gap.Start).ToList();
        return run.Told.Where(told => told is { HasEnded: false, IsReport: true } && !gaps.Exists(gap => IsOf(told, gap) && gap.Overlaps(told.Start, told.End))).Concat(OfEvents(run, gaps));
    }

    // What was told as one silence may be two gaps, and the other way round: watchdog and truth look at different moments, between which a storm may hold both up. But the time must be there, and once.
    private static IEnumerable<ToldStall> OfEvents(RunRecord run, List<Gap> gaps)
    {
        var least = There * run.Limit.TotalNanoseconds;
        var before = new List<Gap>();
        foreach (var told in run.Told.Where(told => told is { HasEnded: false, IsReport: false }))
        {
            if (told.Activities[0] is Activities.Pool or Activities.Process)
            {
                if (!gaps.Exists(gap => IsOf(told, gap) && gap.Overlaps(told.Start, told.End)))
                {
                    yield return told;
                }

                continue;
            }

            var silence = new Gap(told.Activities[0], told.Start, told.Start + (long)(told.NoticedAfter ?? TimeSpan.Zero).TotalNanoseconds, 0, 0, 0);
            if (run.Gaps.Where(gap => IsOf(told, gap)).Sum(gap => Common(gap, silence)) < least || before.Exists(other => other.Activity == silence.Activity && Common(other, silence) >= least))
            {
                yield return told;
            }

            before.Add(silence);
        }
    }

    private static long Common(Gap a, Gap b) => Math.Max(0, Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start));

    // While the thread that queues work did not run, nobody knows how late the pool was.
    private static bool IsOf(ToldStall told, Gap gap) => told.Activities[0] switch
    {
        Activities.Process => true,
        Activities.Pool => gap.Activity is Activities.Pool or Activities.Process,
        var name => gap.Activity == name,
    };
}
