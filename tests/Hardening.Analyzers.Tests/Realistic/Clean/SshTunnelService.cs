using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;

namespace Remote.Access;

public sealed record TunnelOptions(string Host, int LocalPort, string Target, int TargetPort);

/// <summary>Opens the tunnels that are configured, and closes them when the service stops; nothing stays open when one cannot be opened.</summary>
public sealed class SshTunnelService(IReadOnlyList<TunnelOptions> tunnels) : IHostedService
{
    private readonly List<Process> _open = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var tunnel in tunnels)
        {
            _open.Add(await OpenAsync(tunnel, cancellationToken));
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var ssh in _open)
        {
            await CloseAsync(ssh);
        }

        _open.Clear();
    }

    private static async Task<Process> OpenAsync(TunnelOptions tunnel, CancellationToken token)
    {
        var info = new ProcessStartInfo("ssh")
        {
            ArgumentList =
            {
                "-N",
                "-o", "ExitOnForwardFailure=yes",
                "-L", $"{tunnel.LocalPort}:{tunnel.Target}:{tunnel.TargetPort}",
                tunnel.Host,
            },
        };
        var ssh = Process.Start(info) ?? throw new IOException("ssh did not start.");
        try
        {
            await AnswersAsync(tunnel.LocalPort, token);
            return ssh;
        }
        catch
        {
            await CloseAsync(ssh);
            throw;
        }
    }

    private static async Task CloseAsync(Process ssh)
    {
        try
        {
            if (!ssh.HasExited)
            {
                ssh.Kill(entireProcessTree: true);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await ssh.WaitForExitAsync(patience.Token);
            }
        }
        finally
        {
            ssh.Dispose();
        }
    }

    private static async Task AnswersAsync(int port, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("localhost", port, token);
                return;
            }
            catch (SocketException) when (attempt < 10)
            {
                await Task.Delay(attempt * 100, token);
            }
        }
    }
}
