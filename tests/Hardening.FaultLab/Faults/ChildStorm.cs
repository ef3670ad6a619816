using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Processes;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class ChildStorm : Fault
{
    public override string Name => "child-storm";

    public override string Summary => "children of the application compute, far more than there are processors";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ChildStorm);

    private const int ChildrenPerProcessor = 40;

    public override void Prepare(LabApplication application) => ProcessTree.Start();

    public override IDisposable Inject(LabApplication application) => SpinningProcesses.Start(ChildrenPerProcessor * Environment.ProcessorCount);
}
