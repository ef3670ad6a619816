using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hardening.Runtime.Aravis.Tests.Simulation;

/// <summary>
/// Debian's simulated GigE Vision camera: one process, on one address. A small shell between us and it ends it when our end of a pipe closes, and so
/// also when the test run itself is killed.
/// </summary>
internal sealed class GigESimulator : IDisposable
{
    public const string Program = "arv-fake-gv-camera-0.8";

    private const int ControlPort = 3956;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private readonly Process _shell;
    private readonly int _pid;

    private GigESimulator(IPAddress address, string serial, Process shell, int pid) =>
        (Address, Serial, _shell, _pid) = (address, serial, shell, pid);

    public IPAddress Address { get; }

    public string Serial { get; }

    /// <summary>Starts a camera, and returns once it answers.</summary>
    /// <param name="address">An address of this machine that no other camera has.</param>
    /// <param name="lostPacketsPerThousand">How many packets of the stream it loses.</param>
    /// <param name="description">A file with another description of its features than its own.</param>
    public static GigESimulator Start(IPAddress address, int lostPacketsPerThousand = 0, string? description = null)
    {
        var serial = string.Create(CultureInfo.InvariantCulture, $"T{address.GetAddressBytes()[3]}-{Environment.ProcessId}");
        var start = new ProcessStartInfo(
            "sh", ["-c", "\"$@\" </dev/null >/dev/null 2>&1 & echo $!; read -r _; kill -9 $! 2>/dev/null; wait", "sh", Program, "-i", address.ToString(), "-s", serial, "-r", lostPacketsPerThousand.ToString(CultureInfo.InvariantCulture), .. description is null ? [] : new[] { "-g", description }])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var shell = Process.Start(start)!;
        GigESimulator? simulator = null;
        try
        {
            var line = shell.StandardOutput.ReadLineAsync();
            var pid = line.Wait(Limit) && int.TryParse(line.Result, CultureInfo.InvariantCulture, out var number) ? number : throw new TimeoutException("The shell did not start a simulator.");
            simulator = new GigESimulator(address, serial, shell, pid);
            simulator.WaitUntilItAnswers();
            return simulator;
        }
        catch
        {
            simulator?.Dispose();
            shell.Dispose();
            throw;
        }
    }

    /// <summary>Ends it as a power failure would: no farewell.</summary>
    public void Kill() => Signals.Send("KILL", _pid);

    /// <summary>Stops it from running, and returns once it stands still; it stays as it is until <see cref="Thaw"/>.</summary>
    public void Freeze() => Signals.Stop(_pid);

    public void Thaw() => Signals.Send("CONT", _pid);

    public void Dispose()
    {
        _shell.StandardInput.Close();
        if (!_shell.WaitForExit(Limit))
        {
            _shell.Kill(entireProcessTree: true);
        }

        _shell.StandardOutput.Dispose();
        _shell.Dispose();
    }

    // It is up when it tells its serial number: where its port was taken it stays up and deaf, and another camera answers.
    private void WaitUntilItAnswers()
    {
        var begin = Stopwatch.GetTimestamp();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 100 };
        socket.Connect(Address, ControlPort);
        var answer = new byte[1024];
        while (Stopwatch.GetElapsedTime(begin) < Limit)
        {
            try
            {
                socket.Send([0x42, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01]); // GVCP DISCOVERY_CMD
                var length = socket.Receive(answer);
                const int SerialOffset = 8 + 0xd8;
                if (length >= SerialOffset + 16 && Encoding.ASCII.GetString(answer, SerialOffset, 16).TrimEnd('\0') is var serial)
                {
                    if (serial == Serial)
                    {
                        return;
                    }

                    throw new IOException($"At {Address} another camera answers: {serial} instead of {Serial}.");
                }
            }
            catch (SocketException)
            {
                // not there yet
            }
        }

        throw new TimeoutException($"The simulator on {Address} did not answer within {Limit}.");
    }
}
