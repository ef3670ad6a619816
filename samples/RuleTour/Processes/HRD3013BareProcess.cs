using System.Diagnostics;

namespace RuleTour.Processes;

/// <summary>A broker beside the application. It is ended as it should be, as long as this process lives to do it: after a SIGKILL the broker stays.</summary>
internal sealed class LocalBroker : IDisposable
{
    private Process? _broker;

    public bool IsRunning => _broker is { HasExited: false };

    public void Start() => _broker = Process.Start("mosquitto", ["-p", "1884"]); // HRD3013

    public void Dispose()
    {
        _broker?.Kill(entireProcessTree: true);
        _broker?.Dispose();
    }
}
