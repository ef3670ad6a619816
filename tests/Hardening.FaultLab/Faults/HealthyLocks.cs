using Hardening.FaultLab.Application;

namespace Hardening.FaultLab.Faults;

internal sealed class HealthyLocks : Fault
{
    public override string Name => "healthy-locks";

    public override string Summary => "many threads wait for one lock, each for moments";

    public override FaultFacts Facts { get; } = new() { Parts = [] };

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.Gate;
        return new FaultThreads().Add("busy", 8, stop => Work(gate, stop)).Begin();
    }

    private static void Work(object gate, FaultThreads stop)
    {
        double sum = 0;
        while (!stop.WaitForStop(TimeSpan.FromMilliseconds(2)))
        {
            lock (gate)
            {
                for (var i = 0; i < 50_000; i++)
                {
                    sum = sum * 0.99 + i;
                }
            }
        }

        GC.KeepAlive(sum);
    }
}
