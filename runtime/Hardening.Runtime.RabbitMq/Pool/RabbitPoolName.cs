namespace Hardening.Pool;

/// <summary>What callers and hosts of a pool have in common, for those who look for either.</summary>
internal interface IRabbitPoolName
{
    string Name { get; }
}

/// <summary>A caller's pool of the host: keyed services cannot be listed.</summary>
internal sealed record RabbitPoolName(string Name) : IRabbitPoolName;

/// <summary>A pool whose jobs the host does.</summary>
internal sealed record RabbitPoolHostName(string Name) : IRabbitPoolName;
