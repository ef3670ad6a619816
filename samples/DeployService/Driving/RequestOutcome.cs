namespace DeployService.Driving;

/// <summary>How a request ended, as its client saw it: in one way each.</summary>
internal enum RequestOutcome
{
    /// <summary>200.</summary>
    Succeeded,

    /// <summary>Another status than these: the script failed.</summary>
    Failed,

    /// <summary>504: the deployment took too long.</summary>
    TimedOut,

    /// <summary>503, and the client did not come again.</summary>
    TurnedAway,

    /// <summary>The client left before the answer.</summary>
    Cancelled,

    /// <summary>The connection broke, or nothing came for as long as a client waits.</summary>
    NoAnswer,
}
