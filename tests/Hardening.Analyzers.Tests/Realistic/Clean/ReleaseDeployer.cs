using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deploy.Releases;

public sealed record Release(string Project, string Version);

public static class ReleaseRoutes
{
    public static IServiceCollection AddReleases(this IServiceCollection services) => services.AddSingleton<ReleaseDeployer>();

    public static void MapReleases(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/releases", async (Release release, ReleaseDeployer deployer, CancellationToken token) =>
        {
            var exitCode = await deployer.DeployAsync(release, token);
            return exitCode switch
            {
                null => Results.StatusCode(StatusCodes.Status429TooManyRequests),
                0 => Results.Ok(release),
                _ => Results.Problem($"The script ended with {exitCode}."),
            };
        });
    }
}

/// <summary>Two deployments at a time; who comes while both run is sent away after a while.</summary>
public sealed class ReleaseDeployer(ILogger<ReleaseDeployer> logger) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(2, 2);

    public async Task<int?> DeployAsync(Release release, CancellationToken token)
    {
        if (!await _slots.WaitAsync(TimeSpan.FromSeconds(30), token))
        {
            return null;
        }

        try
        {
            return await RunAsync(release, token);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task<int> RunAsync(Release release, CancellationToken token)
    {
        var info = new ProcessStartInfo("/opt/deploy/release.sh")
        {
            ArgumentList = { "--project", release.Project, "--version", release.Version },
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = new Process { StartInfo = info };
        script.OutputDataReceived += (_, line) => Log(LogLevel.Information, line.Data);
        script.ErrorDataReceived += (_, line) => Log(LogLevel.Warning, line.Data);
        script.Start();
        script.BeginOutputReadLine();
        script.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromMinutes(10));
        try
        {
            await script.WaitForExitAsync(limit.Token);
            return script.ExitCode;
        }
        catch (OperationCanceledException)
        {
            script.Kill(entireProcessTree: true);
            await script.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
            throw;
        }
    }

    private void Log(LogLevel level, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            logger.Log(level, "{Line}", line);
        }
    }
}
