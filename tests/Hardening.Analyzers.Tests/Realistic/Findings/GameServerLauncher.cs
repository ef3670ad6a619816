using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Games.Hosting;

public sealed record Match(Guid Id, string Map, int Players);

public sealed class RunningMatch(Match match, Process server, int port)
{
    public Match Match { get; } = match;

    public Process Server { get; } = server;

    public int Port { get; } = port;
}

/// <summary>One server process for each match.</summary>
public sealed class GameServerLauncher
{
    private readonly object _gate = new();
    private readonly Dictionary<Guid, RunningMatch> _matches = new();
    private readonly Queue<int> _ports = new(Enumerable.Range(27_000, 64));
    private readonly string _server;

    public GameServerLauncher(string server) => _server = server;

    public bool TryTakePort(out int port)
    {
        lock (_gate)
        {
            return _ports.TryDequeue(out port);
        }
    }

    public async Task<bool> LaunchAsync(Match match, int port, CancellationToken token)
    {
        var info = new ProcessStartInfo(_server)
        {
            ArgumentList = { "-map", match.Map, "-port", port.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
        };
        using var server = Process.Start(info); // HRD3002
        if (server is null)
        {
            return false;
        }

        while (await server.StandardOutput.ReadLineAsync(token) is { } line)
        {
            if (line.StartsWith("FATAL", StringComparison.Ordinal))
            {
                return false;
            }

            if (line.StartsWith("MATCH OVER", StringComparison.Ordinal))
            {
                break;
            }
        }

        server.Kill(entireProcessTree: true);
        return true;
    }

    public void Add(RunningMatch running)
    {
        lock (_gate)
        {
            _matches[running.Match.Id] = running;
        }
    }

    public void Ask(Guid id)
    {
        RunningMatch? running;
        lock (_gate)
        {
            _matches.Remove(id, out running);
        }

        if (running is not null)
        {
            using var kill = Process.Start("kill", ["-TERM", running.Server.Id.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit(1_000);
        }
    }

    public void Stop(RunningMatch running)
    {
        running.Server.Kill(); // HRD3003
        if (running.Server.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            lock (_gate)
            {
                _ports.Enqueue(running.Port);
            }
        }
    }
}
