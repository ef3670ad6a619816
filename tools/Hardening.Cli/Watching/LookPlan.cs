namespace Hardening.Cli.Watching;

/// <summary>Says at which samples everything is looked at: at all of them where that is cheap, else at two in succession (switches are counted between the two) now and then, so that the cost stays bounded.</summary>
internal sealed class LookPlan(TimeSpan interval)
{
    private const double CostOfThread = 20; // µs, all files of it
    private const double Budget = 0.03; // of one processor

    private int _left;

    /// <param name="threads">How many the process has.</param>
    public bool IsDeep(int threads)
    {
        var every = (int)Math.Ceiling(2 * threads * CostOfThread / (Budget * interval.TotalMicroseconds));
        if (every <= 2)
        {
            return true;
        }

        _left = _left <= 0 ? every : _left - 1;
        return _left >= every - 1;
    }
}
