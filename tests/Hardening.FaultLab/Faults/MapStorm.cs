using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class MapStorm : Fault
{
    public override string Name => "map-storm";

    public override string Summary => "threads map, touch and unmap 64 MB again and again";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.MemoryStorm);

    public override bool NeedsNative => true;

    private const int ThreadsPerProcessor = 8;
    private const long Bytes = 64 << 20;

    public override IDisposable Inject(LabApplication application)
    {
        var native = application.Resources.Native!;
        return new FaultThreads().Add("fault-mapper", ThreadsPerProcessor * Environment.ProcessorCount, stop => native.TouchUntil(stop.StopWord, Bytes)).Begin();
    }
}
