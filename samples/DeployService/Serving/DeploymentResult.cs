namespace DeployService.Serving;

/// <summary>What became of a deployment.</summary>
/// <param name="Status">In a word.</param>
/// <param name="ExitCode">The exit code of the script, if it has come to its end.</param>
/// <param name="Log">What it printed, if it has come to its end: the newest, where that is much.</param>
internal sealed record DeploymentResult(DeploymentStatus Status, int? ExitCode = null, string Log = "");

/// <summary>What became of a deployment, in a word.</summary>
internal enum DeploymentStatus
{
    /// <summary>The script gave exit code 0.</summary>
    Succeeded,

    /// <summary>It gave another, or could not be started.</summary>
    Failed,

    /// <summary>It took longer than a deployment may.</summary>
    TimedOut,

    /// <summary>It was not started: the service has no place for it now.</summary>
    TurnedAway,

    /// <summary>The client left before the end.</summary>
    Cancelled,
}
