namespace DeployService.Serving;

/// <summary>Counts requests by what became of them. Safe for all threads.</summary>
internal sealed class DeploymentCounter
{
    private readonly long[] _ended = new long[Enum.GetValues<DeploymentStatus>().Length];
    private long _received;

    public void Receive() => Interlocked.Increment(ref _received);

    public void End(DeploymentStatus status) => Interlocked.Increment(ref _ended[(int)status]);

    public DeploymentCounts Read(int running) => new(
        Interlocked.Read(ref _received),
        Of(DeploymentStatus.Succeeded),
        Of(DeploymentStatus.Failed),
        Of(DeploymentStatus.TimedOut),
        Of(DeploymentStatus.TurnedAway),
        Of(DeploymentStatus.Cancelled),
        running);

    private long Of(DeploymentStatus status) => Interlocked.Read(ref _ended[(int)status]);
}
