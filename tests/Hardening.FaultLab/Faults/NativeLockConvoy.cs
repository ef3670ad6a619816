using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class NativeLockConvoy : Fault
{
    public override string Name => "convoy-native";

    public override string Summary => "a thread sleeps with a pthread mutex that 20 others and the camera wait for";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.NativeLockContention) with
    {
        Sites = [new Site("LabCamera.TakeNativeLock", "site: native lock"), new Site("NativeLockConvoy.Wait", "site: wait"), new Site("NativeCode.Lock")],
        Owner = "fault-owner",
    };

    public override bool NeedsNative => true;

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var native = application.Resources.Native!;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(native, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-waiter", 20, _ => Wait(native));
    }

    private static void Hold(NativeCode native, ManualResetEventSlim held, FaultThreads stop)
    {
        native.Lock();
        held.Set();
        while (!stop.IsStopping)
        {
            native.Sleep(100);
        }

        native.Unlock();
    }

    private static void Wait(NativeCode native)
    {
        native.Lock(); // site: wait
        native.Unlock();
    }
}
