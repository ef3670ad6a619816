namespace Hardening.BrokerHost.Chaos;

/// <summary>What a job does to its worker.</summary>
public enum ChaosKind
{
    /// <summary>Answers at once.</summary>
    Quick,

    /// <summary>Takes some ten milliseconds.</summary>
    Slow,

    /// <summary>Throws.</summary>
    Throwing,

    /// <summary>Ends its worker, each time.</summary>
    Deadly,
}
