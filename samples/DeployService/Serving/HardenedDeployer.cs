using DeployService.CommandLine;
using Hardening.Processes;

namespace DeployService.Serving;

/// <summary>
/// Each deployment is a supervised tree of processes: it has a place among a few, a deadline, a client that waits for it, and an end. An answer is given when nothing
/// is left of it.
/// </summary>
internal sealed class HardenedDeployer(ServeOptions options, TimeProvider time, ILogger<HardenedDeployer> logger) : IDeployer
{
    private readonly ProcessGate _gate = new(options.Places) { MaxWaiting = options.Queue, MaxWait = options.MaxWait };

    public int Running => _gate.Running;

    public async Task<DeploymentResult> DeployAsync(int release, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(aborted, deadline.Token);
        try
        {
            var result = await SupervisedProcess.RunAsync(DeployScript.For(release), Supervision, over.Token).ConfigureAwait(false);
            return new DeploymentResult(result.Exit.ExitCode == 0 ? DeploymentStatus.Succeeded : DeploymentStatus.Failed, result.Exit.ExitCode, result.StandardOutput);
        }
        catch (ProcessGateFullException)
        {
            return new DeploymentResult(DeploymentStatus.TurnedAway);
        }
        catch (OperationCanceledException)
        {
            return new DeploymentResult(aborted.IsCancellationRequested ? DeploymentStatus.Cancelled : DeploymentStatus.TimedOut);
        }
    }

    private SupervisionOptions Supervision => new()
    {
        Name = "deploy",
        Gate = _gate,
        StopGracePeriod = TimeSpan.FromMilliseconds(300),
        Limits = new ProcessLimits { CpuTime = TimeSpan.FromSeconds(30) },
        CaptureBytes = 64 << 10,
        Logger = logger,
    };
}
