namespace Hardening.Pool;

/// <summary>A caller's pool of the host: keyed services cannot be listed.</summary>
internal sealed record RabbitPoolName(string Name);

/// <summary>A pool whose jobs the host does.</summary>
internal sealed record RabbitPoolHostName(string Name);
