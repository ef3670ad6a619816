using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class InducedCollections : Fault
{
    private object? _heap;

    public override string Name => "gc-induced";

    public override string Summary => "the whole heap, some millions of objects, is collected again and again";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.GarbageCollection);

    public override void Prepare(LabApplication application) => _heap = ManyObjects.Make(3_000_000);

    public override IDisposable Inject(LabApplication application) => new FaultThreads().Add("fault-collector", 1, Collect).Begin();

    private void Collect(FaultThreads stop)
    {
        while (!stop.IsStopping)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            Thread.Sleep(1); // one after the other, without a pause, let nobody else run: not even who ends them
        }

        GC.KeepAlive(_heap);
    }
}
