using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.FaultLab.Running;

/// <summary>Processes that compute, at normal priority, until they are disposed.</summary>
internal sealed class SpinningProcesses : IAsyncDisposable
{
    private readonly SupervisedProcess _shell;

    private SpinningProcesses(SupervisedProcess shell) => _shell = shell;

    public static SpinningProcesses Start(int count) => new(SupervisedProcess.Start(
        new ProcessStartInfo("/bin/sh", ["-c", "i=0; while [ $i -lt \"$1\" ]; do (while :; do :; done) & i=$((i+1)); done; wait", "spin", FormattableString.Invariant($"{count}")]),
        new SupervisionOptions { Name = "spinning", StopGracePeriod = TimeSpan.Zero }));

    public async ValueTask DisposeAsync()
    {
        _shell.Kill();
        await _shell.DisposeAsync();
    }
}
