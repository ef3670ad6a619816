using Hardening.FaultLab.Running;

namespace Hardening.FaultLab.Faults;

internal sealed class HealthyFullLoad : Fault
{
    public override string Name => "healthy-full-load";

    public override string Summary => "others use every processor, and the application is still in time";

    public override FaultFacts Facts { get; } = new() { Parts = [] };

    public override Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) => world.SpinAsync(Environment.ProcessorCount, duration, stop);
}
