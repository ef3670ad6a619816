using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Hardening.Camera;
using Hardening.Processes;

namespace Inspection.Cameras;

/// <summary>One simulated GigE Vision camera: a process on an address of its own, which ends with this program, however that goes.</summary>
internal sealed class SimulatedCamera : IAsyncDisposable
{
    /// <summary>Debian's simulator, of the package aravis-tools.</summary>
    public const string Program = "arv-fake-gv-camera-0.8";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly SupervisedProcess _process;

    private SimulatedCamera(IPAddress address, string serial, SupervisedProcess process) => (Address, Serial, _process) = (address, serial, process);

    public IPAddress Address { get; }

    /// <summary>What it calls itself: a simulator whose port was taken stays up and deaf, and another camera answers in its place.</summary>
    public string Serial { get; }

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one; it does not answer yet.</summary>
    /// <exception cref="FrameSourceException">It cannot be started.</exception>
    public static async Task<SimulatedCamera> StartAsync(IPAddress address, CancellationToken stop)
    {
        var serial = $"SIM{address.GetAddressBytes()[3]}-{Environment.ProcessId}"; // 16 characters fit
        try
        {
            var start = new ProcessStartInfo(Program, ["-i", address.ToString(), "-s", serial]) { RedirectStandardOutput = true, RedirectStandardError = true };
            return new SimulatedCamera(address, serial, await SupervisedProcess.StartAsync(start, new SupervisionOptions { StopGracePeriod = Grace }, stop).ConfigureAwait(false));
        }
        catch (Exception e) when (e is Win32Exception or SupervisorException)
        {
            throw new FrameSourceException(serial, $"The simulated camera at {address} cannot be started: {e.Message}", e);
        }
    }

    /// <summary>How it ended, and what it said last.</summary>
    public async Task<string> ExplainEndAsync(CancellationToken stop)
    {
        await _process.WaitForExitAsync(stop).ConfigureAwait(false);
        var said = await _process.StandardError.ReadToEndAsync(stop).ConfigureAwait(false) + await _process.StandardOutput.ReadToEndAsync(stop).ConfigureAwait(false);
        return $"{_process.Exit}{(string.IsNullOrWhiteSpace(said) ? "" : $" after saying '{said.Trim()}'")}";
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
