using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Deploy.Service;

public sealed record DeployRequest(string Project, string Branch, string Target);

public sealed record DeployReply(bool Succeeded, int ExitCode, string Output);

/// <summary>Checks a project out, builds it and copies it to its target; the web hook of the repository calls it.</summary>
[ApiController]
[Route("deployments")]
public sealed class DeploymentsController(ILogger<DeploymentsController> logger) : ControllerBase
{
    private const string Root = "/srv/deploy";

    private static int s_deployed;

    [HttpGet("count")]
    public int Count() => Volatile.Read(ref s_deployed);

    [HttpPost]
    public async Task<ActionResult<DeployReply>> Deploy(DeployRequest request, CancellationToken token)
    {
        if (!IsKnown(request.Project))
        {
            return NotFound();
        }

        var work = Path.Combine(Root, request.Project);
        var info = new ProcessStartInfo("/srv/deploy/deploy.sh")
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            Arguments = $"--branch {request.Branch} --to {request.Target}", // HRD3012
        };

        using var deploy = Process.Start(info); // HRD3007
        if (deploy is null)
        {
            return Problem("The script did not start.");
        }

        var output = deploy.StandardOutput.ReadToEndAsync(token);
        try
        {
            await deploy.WaitForExitAsync(token);
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("{Project} was cancelled", request.Project);
            deploy.Kill(); // HRD3003
            throw;
        }

        Interlocked.Increment(ref s_deployed);
        return new DeployReply(deploy.ExitCode == 0, deploy.ExitCode, await output);
    }

    [HttpPost("{project}/rollback")]
    public IActionResult Rollback(string project)
    {
        if (!IsKnown(project))
        {
            return NotFound();
        }

        var info = new ProcessStartInfo("/srv/deploy/rollback.sh") { ArgumentList = { project } };
        using var rollback = Process.Start(info); // HRD3007
        return Accepted();
    }

    [HttpDelete("{project}")]
    public IActionResult Clean(string project)
    {
        var work = Path.Combine(Root, Path.GetFileName(project));
        if (!Directory.Exists(work))
        {
            return NotFound();
        }

        Directory.Delete(work, recursive: true);
        return NoContent();
    }

    private static bool IsKnown(string project) =>
        project.Length > 0 && project == Path.GetFileName(project) && Directory.Exists(Path.Combine(Root, project));
}
