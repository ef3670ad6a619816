using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class OwnWork : Fault
{
    private double _sum;

    public override string Name => "own-busy";

    public override string Summary => "the camera computes for seconds in one cycle";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.BusyActivity) with { Sites = [new Site("OwnWork.Compute")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application) => new CameraExtra(application.Camera, Compute);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Compute(CameraExtra extra)
    {
        while (!extra.IsOver)
        {
            for (var i = 0; i < 100_000; i++)
            {
                _sum = _sum * 0.99 + i;
            }
        }
    }
}
