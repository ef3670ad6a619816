using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

/// <summary>A spin lock that is held for seconds.</summary>
/// <param name="name">The fault's name.</param>
/// <param name="wayRound">How those go round who want it.</param>
/// <param name="mark">The mark of the statement at which the camera wants it.</param>
/// <param name="gateOf">The lock.</param>
/// <param name="threadsPerProcessor">How many want it, beside the camera.</param>
/// <param name="causes">The causes that are right.</param>
internal sealed class SpinStorm(string name, string wayRound, string mark, Func<LabResources, SpinGate> gateOf, int threadsPerProcessor, params StallCause[] causes) : Fault
{
    public override string Name => name;

    public override string Summary => $"a spin lock is held for seconds: the camera and others {wayRound}";

    public override FaultFacts Facts { get; } = FaultFacts.Of(causes) with { Sites = [new Site("LabCamera.TakeSpinGates", $"site: {mark}"), new Site("SpinGate.Enter"), new Site("SpinStorm.Wait")] };

    public override IDisposable Inject(LabApplication application)
    {
        var gate = gateOf(application.Resources);
        var held = new ManualResetEventSlim();
        var threads = new FaultThreads().Add("fault-owner", 1, stop => Hold(gate, held, stop)).Begin();
        held.Wait(TimeSpan.FromSeconds(10));
        return threads.Add("fault-spinner", threadsPerProcessor * Environment.ProcessorCount, _ => Wait(gate));
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
