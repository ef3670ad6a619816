using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class StoppedProcess : Fault
{
    public override string Name => "stopped";

    public override string Summary => "the process is stopped (SIGSTOP) and told to go on";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ProcessStopped);

    public override bool IsDeterministic => true;

    public override Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) => world.StopAsync(duration, stop);
}
