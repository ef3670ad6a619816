namespace Hardening.Benchmarks.Peers;

/// <summary>What the kernel found in a frame.</summary>
/// <param name="Bright">Pixels in the mask.</param>
/// <param name="Means">The sum of the means of all blocks of 8x8 pixels.</param>
public readonly record struct FrameFindings(long Bright, long Means);
