using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class FullPipe : Fault
{
    public override string Name => "pipe-full";

    public override string Summary => "nobody reads the pipe that the camera writes to";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.BlockedSystemCall) with { Sites = [new Site("LabCamera.WritePipe", "site: pipe")] };

    public override bool IsDeterministic => true;

    // Its 64 KiB would last the camera a second: they are filled as fast as it goes.
    public override IDisposable Inject(LabApplication application)
    {
        var (drain, pipe) = (application.Drain, application.Resources.PipeOut);
        drain.Hold();
        return new FullPipeFilling(drain, new FaultThreads().Add("fault-filler", 1, stop => Fill(pipe, stop)).Begin());
    }

    private static void Fill(Stream pipe, FaultThreads stop)
    {
        var bytes = new byte[4096];
        while (!stop.IsStopping)
        {
            pipe.Write(bytes);
        }
    }

    private sealed class FullPipeFilling(PipeDrain drain, FaultThreads threads) : IDisposable
    {
        public void Dispose()
        {
            drain.GoOn();
            threads.Dispose();
        }
    }
}
