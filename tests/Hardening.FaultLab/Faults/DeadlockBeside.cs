using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class DeadlockBeside : Fault
{
    public override string Name => "deadlock-beside";

    public override string Summary => "two threads wait for each other's lock, and the camera for one of them; a wait with a limit ends it";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.Deadlock) with { Sites = [new Site("LabCamera.TakeGates", "site: gate"), Site.WorkerGate, new Site("DeadlockBeside.TakeBoth", "site: second")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var (gate, other, limit) = (application.Resources.Gate, new object(), application.Settings.FaultTime);
        var both = new CountdownEvent(2);
        var threads = new FaultThreads().Add("fault-first", 1, _ => TakeBoth(gate, other, both, limit)).Add("fault-second", 1, _ => TakeBoth(other, gate, both, limit)).Begin();
        both.Wait(TimeSpan.FromSeconds(10));
        return threads;
    }

    private static void TakeBoth(object first, object second, CountdownEvent both, TimeSpan limit)
    {
        lock (first)
        {
            both.Signal();
            both.Wait(TimeSpan.FromSeconds(10));
            if (Monitor.TryEnter(second, limit)) // site: second
            {
                Monitor.Exit(second);
            }
        }
    }
}
