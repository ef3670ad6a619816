namespace Hardening.BrokerHost.Chaos;

/// <summary>One job.</summary>
/// <param name="Number">Its own; no two jobs of a run have the same.</param>
/// <param name="Kind">What it does.</param>
public sealed record ChaosRequest(int Number, ChaosKind Kind);
