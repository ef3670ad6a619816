using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Mobile.Lab;

public sealed record Device(string Serial, string State);

/// <summary>Talks to the phones of the laboratory; one logcat runs for each connected phone.</summary>
public sealed class AdbBridge : IAsyncDisposable
{
    private readonly string _adb;
    private readonly string _logs;
    private readonly Process _server;
    private Process? _logcat;
    private volatile bool _lost;

    public AdbBridge(string adb, string logs)
    {
        _adb = adb;
        _logs = logs;
        _server = Process.Start(new ProcessStartInfo(adb, "nodaemon server")) ?? throw new IOException("adb did not start."); // HRD3002
        _server.Exited += (_, _) => _lost = true; // HRD3010
    }

    public bool Lost => _lost;

    public async Task<IReadOnlyList<Device>> DevicesAsync(CancellationToken token)
    {
        var devices = new List<Device>();
        using var list = Start("devices");
        try
        {
            while (await list.StandardOutput.ReadLineAsync(token) is { } line)
            {
                if (line.Split('\t') is [var serial, var state])
                {
                    devices.Add(new Device(serial, state));
                }
            }

            await list.WaitForExitAsync(token);
        }
        catch (OperationCanceledException)
        {
            list.Kill(entireProcessTree: true);
            throw;
        }

        return devices;
    }

    public void Follow(Device device)
    {
        _logcat?.Kill(entireProcessTree: true);
        var file = Path.Combine(_logs, device.Serial + ".log");
        File.Delete(file); // HRD3009
        var info = new ProcessStartInfo(_adb) { ArgumentList = { "-s", device.Serial, "logcat", "-f", file } };
        _logcat = Process.Start(info);
    }

    public async Task InstallAsync(Device device, string package, CancellationToken token)
    {
        using var install = Process.Start(_adb, $"-s {device.Serial} install -r {package}"); // HRD3012
        await using var registration = token.Register(() => install.Kill(entireProcessTree: true));
        await install.WaitForExitAsync(token);
        if (install.ExitCode != 0)
        {
            throw new IOException($"{package} was not installed on {device.Serial}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_logcat is { HasExited: false } logcat)
        {
            logcat.Kill(entireProcessTree: true);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await logcat.WaitForExitAsync(patience.Token);
        }

        _logcat?.Dispose();
        _server.Dispose();
    }

    private Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(_adb, arguments) { RedirectStandardOutput = true }) ?? throw new IOException("adb did not start.");
}
