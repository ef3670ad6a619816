namespace DeployService.Serving;

/// <summary>What the service has done since it was started: what was received and is in none of the ends is under way.</summary>
/// <param name="Received">Requests for a deployment.</param>
/// <param name="Succeeded">Of them, those whose script ended with 0.</param>
/// <param name="Failed">Those whose script failed.</param>
/// <param name="TimedOut">Those that took too long.</param>
/// <param name="TurnedAway">Those for which there was no place.</param>
/// <param name="Cancelled">Those whose client left.</param>
/// <param name="Running">Deployments that run now.</param>
internal sealed record DeploymentCounts(long Received, long Succeeded, long Failed, long TimedOut, long TurnedAway, long Cancelled, int Running)
{
    /// <summary>Requests that have come to an end.</summary>
    public long Ended => Succeeded + Failed + TimedOut + TurnedAway + Cancelled;
}
