namespace Hardening.FaultLab.Truth;

/// <summary>What the processors did, seen from outside the process under test: growing sums.</summary>
/// <param name="Time">ns of the monotonic clock.</param>
/// <param name="Busy">Clock ticks of all processors that were not idle.</param>
/// <param name="Own">Clock ticks of the process under test and of all its descendants.</param>
internal sealed record HostMoment(long Time, long Busy, long Own);

/// <summary>The same for all of a run.</summary>
internal sealed record HostRecord(int Processors, IReadOnlyList<HostMoment> Moments)
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux has fixed for /proc

    /// <summary>The share of all processors that others had between two times, 0 to 1.</summary>
    public double ForeignShare(long start, long end)
    {
        if (end <= start || Moments.Count < 2)
        {
            return 0;
        }

        var (busyBefore, ownBefore) = At(start);
        var (busyAfter, ownAfter) = At(end);
        var foreign = Math.Max(0, busyAfter - busyBefore - Math.Max(0, ownAfter - ownBefore));
        return Math.Min(1, foreign / TicksPerSecond / ((end - start) / 1e9 * Processors));
    }

    // Between two moments the processors are taken to have worked evenly.
    private (double Busy, double Own) At(long time)
    {
        var after = Moments.TakeWhile(moment => moment.Time < time).Count();
        if (after == 0 || after == Moments.Count)
        {
            var edge = Moments[after == 0 ? 0 : ^1];
            return (edge.Busy, edge.Own);
        }

        var (a, b) = (Moments[after - 1], Moments[after]);
        var share = (double)(time - a.Time) / (b.Time - a.Time);
        return (a.Busy + (b.Busy - a.Busy) * share, a.Own + (b.Own - a.Own) * share);
    }
}
