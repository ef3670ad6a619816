using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Containers.Local;

public record ContainerSpec(string Name, string Image, int Port)
{
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>Starts and stops containers for integration tests through the docker command.</summary>
public class DockerDriver : IDisposable
{
    private readonly List<ContainerSpec> _running = new();
    private readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    public IReadOnlyList<ContainerSpec> Running => _running;

    public void Run(ContainerSpec spec)
    {
        var variables = string.Join(' ', spec.Variables.Select(pair => $"-e {pair.Key}={pair.Value}"));
        using (var docker = Process.Start("docker", "run -d --name " + spec.Name + " " + variables + " " + spec.Image)) // HRD3012
        {
            docker.WaitForExit((int)_patience.TotalMilliseconds); // HRD3005
        }

        _running.Add(spec);
        WaitUntilHealthy(spec);
    }

    public void Stop(string name)
    {
        Docker("stop", name)?.Dispose();
        _running.RemoveAll(spec => spec.Name == name);
    }

    public int Execute(string name, string command)
    {
        using var docker = Docker("exec", name, "sh", "-c", command) ?? throw new InvalidOperationException("docker did not start.");
        docker.WaitForExit(_patience); // HRD3005
        return docker.ExitCode;
    }

    public bool Pull(string image)
    {
        using var docker = Docker("pull", "--quiet", image);
        if (docker is null)
        {
            return false;
        }

        var clock = Stopwatch.StartNew();
        while (!docker.HasExited)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(5))
            {
                docker.Kill(); // HRD3003
                return false;
            }

            Thread.Sleep(200);
        }

        return docker.ExitCode == 0;
    }

    public void Dispose()
    {
        Process.Start("docker", ["rm", "-f", .. _running.Select(spec => spec.Name)]); // HRD3001
        _running.Clear();
    }

    private void WaitUntilHealthy(ContainerSpec spec)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            if (Execute(spec.Name, $"nc -z localhost {spec.Port}") == 0)
            {
                return;
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(250 * (attempt + 1)));
        }

        throw new TimeoutException($"{spec.Name} does not answer.");
    }

    private static Process? Docker(params string[] arguments) => Process.Start(new ProcessStartInfo("docker", arguments));
}
