using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class ForkStorm : Fault
{
    public override string Name => "fork-storm";

    public override string Summary => "threads start short children as fast as they can";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ChildStorm);

    public override bool NeedsNative => true;

    private const int ThreadsPerProcessor = 24;

    public override IDisposable Inject(LabApplication application)
    {
        var native = application.Resources.Native!;
        return new FaultThreads().Add("fault-forker", ThreadsPerProcessor * Environment.ProcessorCount, stop => native.ForkUntil(stop.StopWord)).Begin();
    }
}
