using Hardening.FaultLab.Application;

namespace Hardening.FaultLab.Faults;

internal sealed class HealthyWork : Fault
{
    public override string Name => "healthy-busy";

    public override string Summary => "the application is busy, and in time";

    public override FaultFacts Facts { get; } = new() { Parts = [] };

    public override IDisposable Inject(LabApplication application) => new FaultThreads().Add("busy", 1, Work).Begin();

    // Half of a processor's time.
    private static void Work(FaultThreads stop)
    {
        double sum = 0;
        while (!stop.WaitForStop(TimeSpan.FromMilliseconds(5)))
        {
            for (var i = 0; i < 1_500_000; i++)
            {
                sum = sum * 0.99 + i;
            }
        }

        GC.KeepAlive(sum);
    }
}
