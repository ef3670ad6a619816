using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class LockConvoySleep : Fault
{
    public override string Name => "convoy-sleep";

    public override string Summary => "a thread sleeps in a lock that 20 others and the camera wait for";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.LockContention) with
    {
        Sites = [new Site("LabCamera.TakeGates", "site: gate"), Site.WorkerGate, new Site("LockConvoySleep.Wait", "site: wait")],
        Owner = "fault-owner",
        OwnerSite = new Site("LockConvoySleep.Hold", "site: sleep in gate"),
    };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.Gate;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(gate, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-waiter", 20, _ => Wait(gate));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(object gate, ManualResetEventSlim held, FaultThreads stop)
    {
        lock (gate)
        {
            held.Set();
            while (!stop.IsStopping)
            {
                Thread.Sleep(100); // site: sleep in gate
            }
        }
    }

    private static void Wait(object gate)
    {
        lock (gate) // site: wait
        {
            // its turn comes when all is over
        }
    }
}
