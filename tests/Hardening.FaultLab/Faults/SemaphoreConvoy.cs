using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class SemaphoreConvoy : Fault
{
    public override string Name => "convoy-semaphore";

    public override string Summary => "a thread sleeps while it has the place of a SemaphoreSlim that 20 others and the camera wait for";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.LockContention, StallCause.BlockedActivity) with { Sites = [new Site("LabCamera.TakeSlot", "site: slot"), new Site("SemaphoreConvoy.Wait", "site: wait")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var slot = application.Resources.Slot;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(slot, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-waiter", 20, _ => Wait(slot));
    }

    private static void Hold(SemaphoreSlim slot, ManualResetEventSlim held, FaultThreads stop)
    {
        slot.Wait();
        held.Set();
        while (!stop.IsStopping)
        {
            Thread.Sleep(100);
        }

        slot.Release();
    }

    private static void Wait(SemaphoreSlim slot)
    {
        slot.Wait(); // site: wait
        slot.Release();
    }
}
