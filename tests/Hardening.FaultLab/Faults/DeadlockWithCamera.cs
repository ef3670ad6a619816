using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class DeadlockWithCamera : Fault
{
    public override string Name => "deadlock-camera";

    public override string Summary => "the camera holds a lock and waits for another, whose owner waits for the camera's; a wait with a limit ends it";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.Deadlock) with { Sites = [new Site("LabCamera.TakeGates", "site: inner gate"), new Site("DeadlockWithCamera.Take", "site: outer")], Owner = "fault-owner" };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var (resources, limit) = (application.Resources, application.Settings.FaultTime);
        return new FaultThreads().Add("fault-owner", 1, stop => Take(resources, limit, stop)).Begin();
    }

    // Once the camera holds the outer lock it does not come back. A worker that has it does: then it is tried again.
    private static void Take(LabResources resources, TimeSpan limit, FaultThreads stop)
    {
        lock (resources.InnerGate)
        {
            while (Monitor.TryEnter(resources.Gate, limit)) // site: outer
            {
                Monitor.Exit(resources.Gate);
                if (stop.WaitForStop(TimeSpan.FromMilliseconds(1)))
                {
                    return;
                }
            }
        }
    }
}
