using System.Diagnostics;
using Hardening.FaultLab.Application;

namespace Hardening.FaultLab.Faults;

internal sealed class HealthyForks : Fault
{
    public override string Name => "healthy-forks";

    public override string Summary => "children are started one after the other, and end at once";

    public override FaultFacts Facts { get; } = new() { Parts = [] };

    public override IDisposable Inject(LabApplication application) => new FaultThreads().Add("starter", 1, StartChildren).Begin();

    private static void StartChildren(FaultThreads stop)
    {
        while (!stop.IsStopping)
        {
            using var child = Process.Start(new ProcessStartInfo("/bin/true"));
            child!.WaitForExit(TimeSpan.FromSeconds(10));
        }
    }
}
