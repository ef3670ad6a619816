namespace Hardening.Camera;

/// <summary>How many durations were of one length.</summary>
/// <param name="From">The shortest that it counts.</param>
/// <param name="To">Those that it counts are shorter than this; the last bucket of all has no such limit.</param>
/// <param name="Count">How many.</param>
public readonly record struct LatencyBucket(TimeSpan From, TimeSpan To, long Count);
