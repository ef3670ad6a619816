using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ci.Worker;

public sealed class WorkerOptions
{
    public string Agent { get; set; } = "/opt/agent/run.sh";

    public string Work { get; set; } = "/var/lib/agent";
}

/// <summary>Keeps the build agent alive.</summary>
public sealed class CiWorker(WorkerOptions options, ILogger<CiWorker> logger) : BackgroundService
{
    private int _starts;

    public int Starts => Volatile.Read(ref _starts);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var info = new ProcessStartInfo(options.Agent) { WorkingDirectory = options.Work };
            using var agent = Process.Start(info); // HRD3011
            if (agent is null)
            {
                logger.LogError("{Agent} did not start", options.Agent);
                return;
            }

            Interlocked.Increment(ref _starts);
            try
            {
                await agent.WaitForExitAsync(stoppingToken);
                logger.LogWarning("The agent ended with {ExitCode}", agent.ExitCode);
            }
            finally
            {
                if (!agent.HasExited)
                {
                    agent.Kill(entireProcessTree: true);
                    await agent.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
                }
            }
        }
    }
}

/// <summary>Empties the work folder between two builds.</summary>
public sealed class WorkFolder(WorkerOptions options, ILogger<WorkFolder> logger)
{
    public void Reset(Process build)
    {
        if (!build.HasExited)
        {
            build.Kill(entireProcessTree: true);
        }

        Directory.Delete(options.Work, recursive: true); // HRD3009
        Directory.CreateDirectory(options.Work);
    }

    public bool Unpack(string archive)
    {
        using var tar = Process.Start("tar", $"-xzf \"{archive}\" -C \"{options.Work}\""); // HRD3012
        if (!tar.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            tar.Kill(); // HRD3003
            return false;
        }

        logger.LogInformation("{Archive} is unpacked", archive);
        return tar.ExitCode == 0;
    }

    public long Free() => new DriveInfo(Path.GetPathRoot(options.Work)!).AvailableFreeSpace;
}
