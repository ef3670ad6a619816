using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class FutexStorm : Fault
{
    public override string Name => "futex-storm";

    public override string Summary => "far more threads than processors are in the kernel, for futexes";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.KernelStorm);

    public override bool NeedsNative => true;

    private const int ThreadsPerProcessor = 160;

    public override IDisposable Inject(LabApplication application)
    {
        var native = application.Resources.Native!;
        return new FaultThreads().Add("fault-waker", ThreadsPerProcessor * Environment.ProcessorCount, stop => native.WakeUntil(stop.StopWord)).Begin();
    }
}
