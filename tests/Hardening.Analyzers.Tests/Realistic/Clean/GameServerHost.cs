using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Games.Servers;

/// <summary>Asks a server to save and to end, gives it some time, and ends it if that did not help.</summary>
public sealed class GameServer : IAsyncDisposable
{
    private static readonly TimeSpan Saving = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private GameServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public bool IsRunning => !_process.HasExited;

    public static GameServer Start(string program, string map, int port)
    {
        var info = new ProcessStartInfo(program, ["-map", map, "-port", port.ToString(CultureInfo.InvariantCulture)]);
        return new GameServer(Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start."), port);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await AskAsync();
            if (!await EndsWithinAsync(Saving))
            {
                _process.Kill(entireProcessTree: true);
                await EndsWithinAsync(TimeSpan.FromSeconds(5));
            }
        }

        _process.Dispose();
    }

    private async Task AskAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await kill.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            kill.Kill(entireProcessTree: true);
        }
    }

    private async Task<bool> EndsWithinAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

/// <summary>The servers of one machine.</summary>
public sealed class GameServerHost(string program) : IAsyncDisposable
{
    private readonly List<GameServer> _servers = [];

    public IEnumerable<int> Ports => _servers.Where(server => server.IsRunning).Select(server => server.Port);

    public void Add(string map, int port) => _servers.Add(GameServer.Start(program, map, port));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }
}
