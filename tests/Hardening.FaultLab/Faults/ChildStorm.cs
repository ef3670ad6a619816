using System.Diagnostics;
using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class ChildStorm : Fault
{
    public override string Name => "child-storm";

    public override string Summary => "children of the application compute, far more than there are processors";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ChildStorm);

    private const int ChildrenPerProcessor = 40;

    // Plain children, which share the application's session: the kernel gives each session its part, and a supervisor's children are in another.
    public override IDisposable Inject(LabApplication application) => new Children(Process.Start(SpinningProcesses.Command(ChildrenPerProcessor * Environment.ProcessorCount))!);

    private sealed class Children(Process shell) : IDisposable
    {
        public void Dispose()
        {
            shell.Kill(entireProcessTree: true);
            shell.WaitForExit(TimeSpan.FromSeconds(20));
            shell.Dispose();
        }
    }
}
