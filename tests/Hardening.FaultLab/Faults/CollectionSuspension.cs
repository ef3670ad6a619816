using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class CollectionSuspension : Fault
{
    public override string Name => "gc-suspension";

    public override string Summary => "a garbage collection waits for a thread that is in native code and does not stop";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.GarbageCollectionSuspension);

    public override bool NeedsNative => true;

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var time = application.Settings.FaultTime;
        return new FaultThreads().Add("fault-native", 1, _ => NativeCode.SleepUnstoppably(time)).Add("fault-collector", 1, Collect).Begin();
    }

    private static void Collect(FaultThreads stop)
    {
        if (!stop.WaitForStop(TimeSpan.FromMilliseconds(50)))
        {
            GC.Collect();
        }
    }
}
