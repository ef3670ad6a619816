using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class NewLockConvoy : Fault
{
    public override string Name => "convoy-new-lock";

    public override string Summary => "a thread sleeps in a System.Threading.Lock that 20 others and the camera wait for";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.LockContention) with
    {
        Sites = [new Site("LabCamera.TakeLock", "site: lock"), new Site("NewLockConvoy.Wait", "site: wait")],
        Owner = "fault-owner",
        OwnerSite = new Site("NewLockConvoy.Hold", "site: sleep in lock"),
    };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.Lock;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(gate, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-waiter", 20, _ => Wait(gate));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(Lock gate, ManualResetEventSlim held, FaultThreads stop)
    {
        lock (gate)
        {
            held.Set();
            while (!stop.IsStopping)
            {
                Thread.Sleep(100); // site: sleep in lock
            }
        }
    }

    private static void Wait(Lock gate)
    {
        lock (gate) // site: wait
        {
            // its turn comes when all is over
        }
    }
}
