using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class LockConvoyCompute : Fault
{
    private double _sum;

    public override string Name => "convoy-compute";

    public override string Summary => "a thread computes in a lock that 20 others and the camera wait for";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.LockContention) with
    {
        Sites = [new Site("LabCamera.TakeGates", "site: gate"), Site.WorkerGate, new Site("LockConvoyCompute.Wait", "site: wait")],
        Owner = "fault-owner",
        OwnerSite = new Site("LockConvoyCompute.Hold"),
    };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.Gate;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(application, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-waiter", 20, _ => Wait(gate));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Hold(LabApplication application, ManualResetEventSlim held, FaultThreads stop)
    {
        using var recorder = application.Record("fault-owner");
        lock (application.Resources.Gate)
        {
            held.Set();
            while (!stop.IsStopping)
            {
                for (var i = 0; i < 100_000; i++)
                {
                    _sum = _sum * 0.99 + i;
                }
            }

            recorder.Mark();
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
