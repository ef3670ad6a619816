using System.Diagnostics;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class ChildStorm : Fault
{
    public override string Name => "child-storm";

    public override string Summary => "children of the application compute, far more than there are processors";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.ChildStorm);

    private const int ChildrenPerProcessor = 40;

    // They end when their file is gone: to kill them one by one takes long where they have the processors.
    private const string Script =
        "i=0; while [ $i -lt \"$1\" ]; do (while [ -e \"$2\" ]; do j=0; while [ $j -lt 10000 ]; do j=$((j+1)); done; done) & i=$((i+1)); done; wait";

    // Plain children, which share the application's session: the kernel gives each session its part, and a supervisor's children are in another.
    public override IDisposable Inject(LabApplication application)
    {
        var file = Path.Combine(application.Settings.Place, "children-run");
        File.WriteAllBytes(file, []);
        return new Children(Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "child", FormattableString.Invariant($"{ChildrenPerProcessor * Environment.ProcessorCount}"), file]))!, file);
    }

    private sealed class Children(Process shell, string file) : IDisposable
    {
        public void Dispose()
        {
            File.Delete(file);
            shell.WaitForExit(TimeSpan.FromSeconds(30));
            shell.Dispose();
        }
    }
}
