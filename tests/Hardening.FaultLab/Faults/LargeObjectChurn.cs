using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class LargeObjectChurn : Fault
{
    private object? _heap;

    public override string Name => "gc-large-objects";

    public override string Summary => "large arrays are made and dropped beside a heap of some millions of objects";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.GarbageCollection);

    public override void Prepare(LabApplication application) => _heap = ManyObjects.Make(3_000_000);

    public override IDisposable Inject(LabApplication application) => new FaultThreads().Add("fault-allocator", 2, Allocate).Begin();

    private void Allocate(FaultThreads stop)
    {
        var kept = new byte[64][];
        for (var i = 0; !stop.IsStopping; i = (i + 1) % kept.Length)
        {
            kept[i] = new byte[2 << 20];
            kept[i][i] = 1;
        }

        GC.KeepAlive(_heap);
    }
}
