using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class LockConvoyTurns : Fault
{
    public override string Name => "convoy-turns";

    public override string Summary => "24 threads take a lock in turn, for 60 ms each: nobody holds it for long, and the camera's turn does not come";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.LockContention) with { Sites = [new Site("LabCamera.TakeGates", "site: gate"), Site.WorkerGate, new Site("LockConvoyTurns.TakeTurns", "site: turn")] };

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.Gate;
        return new FaultThreads().Add("fault-turn", 24, stop => TakeTurns(gate, stop)).Begin();
    }

    private static void TakeTurns(object gate, FaultThreads stop)
    {
        while (!stop.IsStopping)
        {
            lock (gate) // site: turn
            {
                if (!stop.IsStopping)
                {
                    Thread.Sleep(60);
                }
            }
        }
    }
}
