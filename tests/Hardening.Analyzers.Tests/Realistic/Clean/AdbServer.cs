using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mobile.Server;

public sealed class AdbOptions
{
    public string Path { get; set; } = "adb";

    public int Port { get; set; } = 5037;

    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Keeps the adb server as a child of this service: it starts and ends with it.</summary>
public sealed class AdbServer(AdbOptions options, ILogger<AdbServer> logger) : IHostedService, IDisposable
{
    private Process? _server;

    public bool IsRunning => _server is { HasExited: false };

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(options.Path)
        {
            ArgumentList = { "-P", options.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "nodaemon", "server" },
        };
        _server = Process.Start(info) ?? throw new IOException("adb did not start.");
        _server.EnableRaisingEvents = true;
        _server.Exited += OnExited;
        await WaitUntilItAnswersAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_server is not { HasExited: false } server)
        {
            return;
        }

        server.Exited -= OnExited;
        server.Kill(entireProcessTree: true);
        await server.WaitForExitAsync(cancellationToken);
        logger.LogInformation("adb has ended");
    }

    public void Dispose()
    {
        if (_server is { } server)
        {
            if (!server.HasExited)
            {
                server.Kill(entireProcessTree: true);
                server.WaitForExit(options.Grace);
            }

            server.Dispose();
        }
    }

    private async Task WaitUntilItAnswersAsync(CancellationToken token)
    {
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", options.Port, token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100 * attempt, token);
            }
        }

        throw new IOException("adb does not answer.");
    }

    private void OnExited(object? sender, EventArgs e) => logger.LogError("adb has ended unasked");
}
