using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class Oversubscription : Fault
{
    public override string Name => "oversubscription";

    public override string Summary => "far more threads compute than there are processors";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.Oversubscription);

    private const int ThreadsPerProcessor = 160; // a turn of all of them is longer than the limit

    public override IDisposable Inject(LabApplication application) =>
        new FaultThreads().Add("fault-worker", ThreadsPerProcessor * Environment.ProcessorCount, Compute).Begin();

    private static void Compute(FaultThreads stop)
    {
        double sum = 0;
        while (!stop.IsStopping)
        {
            for (var i = 0; i < 10_000; i++)
            {
                sum = sum * 0.99 + i;
            }
        }

        GC.KeepAlive(sum);
    }
}
