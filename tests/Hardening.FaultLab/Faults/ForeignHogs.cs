using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class ForeignHogs : Fault
{
    public override string Name => "foreign-hogs";

    public override string Summary => "processes of others compute, far more than there are processors";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ForeignLoad);

    private const int HogsPerProcessor = 60;

    public override Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) =>
        world.SpinAsync(HogsPerProcessor * Environment.ProcessorCount, duration, stop);
}
