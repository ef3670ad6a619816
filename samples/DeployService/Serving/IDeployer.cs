namespace DeployService.Serving;

/// <summary>One of the two ways to run a deployment, as the service asks for it.</summary>
internal interface IDeployer
{
    /// <summary>How many deployments run.</summary>
    int Running { get; }

    /// <summary>Deploys a release, and returns when that is over.</summary>
    /// <param name="release">The number of the release.</param>
    /// <param name="aborted">The client has gone.</param>
    Task<DeploymentResult> DeployAsync(int release, CancellationToken aborted);
}
