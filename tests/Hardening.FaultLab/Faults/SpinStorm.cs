using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class SpinStorm : Fault
{
    public override string Name => "spin-sleep";

    public override string Summary => "a spin lock is held for seconds: the camera and others go round in SpinWait";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.SpinStorm) with { Sites = [new Site("LabCamera.TakeSpinGates", "site: spin"), new Site("SpinGate.Enter"), new Site("SpinStorm.Wait")] };

    public override IDisposable Inject(LabApplication application)
    {
        var gate = application.Resources.SpinGate;
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(gate, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-spinner", 4 * Environment.ProcessorCount, _ => Wait(gate));
    }

    private static void Hold(SpinGate gate, ManualResetEventSlim held, FaultThreads stop)
    {
        gate.Enter();
        held.Set();
        while (!stop.WaitForStop(TimeSpan.FromMilliseconds(100)))
        {
            // the lock is held
        }

        gate.Leave();
    }

    private static void Wait(SpinGate gate)
    {
        gate.Enter();
        gate.Leave();
    }
}
