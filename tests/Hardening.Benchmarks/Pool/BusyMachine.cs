using System.Diagnostics;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool;

/// <summary>Other work for every core, at normal priority, until it is disposed.</summary>
internal sealed class BusyMachine : IAsyncDisposable
{
    private readonly List<SupervisedProcess> _spinning = [];

    private BusyMachine()
    {
    }

    public static BusyMachine Start()
    {
        var busy = new BusyMachine();
        for (var core = 0; core < Environment.ProcessorCount; core++)
        {
            busy._spinning.Add(SupervisedProcess.Start(new ProcessStartInfo("/bin/sh", ["-c", "while :; do :; done"]), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero }));
        }

        return busy;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _spinning)
        {
            await process.DisposeAsync();
        }
    }
}
