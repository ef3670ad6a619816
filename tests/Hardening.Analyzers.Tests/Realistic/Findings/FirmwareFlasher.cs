using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Devices.Flashing;

public sealed record Board(string Port, string Firmware);

/// <summary>Writes firmware to boards on a bench, and watches the debugger that is connected to one of them.</summary>
public sealed class FirmwareFlasher : IDisposable
{
    private readonly object _bench = new();
    private readonly string _flash;
    private Process? _debugger;

    public FirmwareFlasher(string flash) => _flash = flash;

    public int Flash(Board board)
    {
        using var flash = Process.Start(_flash, ["--port", board.Port, "--write", board.Firmware]);
        lock (_bench)
        {
            flash.WaitForExit(); // HRD1003
        }

        return flash.ExitCode;
    }

    public async Task<bool> VerifyAsync(Board board)
    {
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(board.Firmware)));
        using var verify = Process.Start(_flash, ["--port", board.Port, "--verify", hash]);
        verify.WaitForExit(); // HRD2008
        return verify.ExitCode == 0;
    }

    public List<Process> FlashAll(IReadOnlyList<Board> boards)
    {
        var running = new List<Process>();
        foreach (var board in boards)
        {
            running.Add(Process.Start(_flash, "--port " + board.Port + " --write " + board.Firmware)); // HRD3007, HRD3012
        }

        return running;
    }

    public void Debug(Board board)
    {
        if (_debugger is { HasExited: false } debugger)
        {
            debugger.Kill(entireProcessTree: true);
            debugger.Dispose(); // HRD3009
        }

        _debugger = Process.Start("openocd", ["-c", $"interface {board.Port}"]);
    }

    public void Pause()
    {
        if (_debugger is { HasExited: false } debugger)
        {
            using var signal = Process.Start("kill", ["-STOP", debugger.Id.ToString(CultureInfo.InvariantCulture)]);
            if (!signal.WaitForExit(TimeSpan.FromSeconds(1)))
            {
                signal.Kill(entireProcessTree: true);
            }
        }
    }

    public void Dispose()
    {
        if (_debugger is { } debugger)
        {
            debugger.Kill(entireProcessTree: true);
            debugger.WaitForExit(TimeSpan.FromSeconds(3));
            debugger.Dispose();
        }
    }

    public static string[] Ports() => Directory.EnumerateFiles("/dev", "ttyACM*").Order(StringComparer.Ordinal).ToArray();
}
