namespace Hardening.Processes;

/// <summary>One of the processes that a host keeps running, for those who look at all of them.</summary>
internal sealed record KeptProcessName(string Name);
