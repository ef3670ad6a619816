using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Remote.Tunnels;

public readonly record struct Tunnel(string Host, int LocalPort, string Target, int TargetPort);

/// <summary>Opens tunnels to the machines of customers.</summary>
public sealed class SshTunnels : IDisposable
{
    private readonly ConcurrentDictionary<int, Process> _tunnels = new();

    public int Count => _tunnels.Count;

    public async Task OpenAsync(Tunnel tunnel, CancellationToken token)
    {
        var ssh = Process.Start("ssh", $"-N -L {tunnel.LocalPort}:{tunnel.Target}:{tunnel.TargetPort} {tunnel.Host}"); // HRD3012
        _tunnels[tunnel.LocalPort] = ssh;
        await AnswersAsync(tunnel.LocalPort, token);
    }

    public async Task<string> RunAsync(string host, string command, CancellationToken token)
    {
        var info = new ProcessStartInfo("ssh", [host, command]) { RedirectStandardOutput = true };
        using var ssh = Process.Start(info) ?? throw new IOException("ssh did not start.");
        var output = ssh.StandardOutput.ReadToEndAsync(token);
        await ssh.WaitForExitAsync(); // HRD3004
        return await output;
    }

    public async Task CopyAsync(string file, string host, CancellationToken token)
    {
        using var scp = new Process();
        scp.StartInfo = new ProcessStartInfo("scp", ["-q", file, $"{host}:/tmp/"]);
        scp.Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        try
        {
            await scp.WaitForExitAsync(limit.Token); // HRD3005
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{file} was not copied to {host}.");
        }
    }

    public bool Close(int port)
    {
        if (!_tunnels.TryRemove(port, out var ssh))
        {
            return false;
        }

        using (ssh)
        {
            ssh.Kill(entireProcessTree: true);
            return ssh.WaitForExit(TimeSpan.FromSeconds(5));
        }
    }

    public void Dispose()
    {
        foreach (var port in _tunnels.Keys)
        {
            Close(port);
        }
    }

    private static async Task AnswersAsync(int port, CancellationToken token)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("localhost", port, token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(200, token);
            }
        }

        throw new IOException($"Nothing listens on {port}.");
    }
}
