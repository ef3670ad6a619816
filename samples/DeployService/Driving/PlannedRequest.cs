namespace DeployService.Driving;

/// <summary>One request of a load.</summary>
/// <param name="Release">The release that it asks for.</param>
/// <param name="LeavesAfter">When its client leaves, if it does.</param>
internal sealed record PlannedRequest(int Release, TimeSpan? LeavesAfter)
{
    private const double LeavingShare = 0.1;
    private const int SoonestMs = 10;
    private const int LatestMs = 150;

    /// <summary>So many requests, for releases in order; which clients leave, and when, is the seed's choice.</summary>
    public static IReadOnlyList<PlannedRequest> Plan(int first, int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(first, count).Select(release =>
        {
            var (leaves, after) = (random.NextDouble() < LeavingShare, random.Next(SoonestMs, LatestMs));
            return new PlannedRequest(release, leaves ? TimeSpan.FromMilliseconds(after) : null);
        })];
    }
}
