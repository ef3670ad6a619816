using DeployService.CommandLine;
using DeployService.Legacy;

namespace DeployService.Serving;

/// <summary>The original behind the interface of the comparison. It has no notion of a client that leaves.</summary>
internal sealed class LegacyDeployerAdapter : IDeployer
{
    private readonly LegacyDeployer _deployer;

    public LegacyDeployerAdapter(ServeOptions options, IHostApplicationLifetime lifetime)
    {
        _deployer = new LegacyDeployer(DeployScript.Path, DeployScript.ReleaseVariable, options.Deadline);
        lifetime.ApplicationStopping.Register(_deployer.Stop);
    }

    public int Running => _deployer.Running;

    public async Task<DeploymentResult> DeployAsync(int release, CancellationToken aborted)
    {
        var result = await _deployer.DeployAsync(release).ConfigureAwait(false);
        var status = result.ExitCode switch
        {
            null => DeploymentStatus.TimedOut,
            0 => DeploymentStatus.Succeeded,
            _ => DeploymentStatus.Failed,
        };
        return new DeploymentResult(status, result.ExitCode, result.Log);
    }
}
