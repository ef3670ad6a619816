namespace Hardening.Pool;

/// <summary>A pool of the host: keyed services cannot be listed.</summary>
internal sealed record ProcessPoolName(string Name);
