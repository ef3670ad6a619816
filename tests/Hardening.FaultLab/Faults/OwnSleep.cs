using System.Runtime.CompilerServices;
using Hardening.FaultLab.Application;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class OwnSleep : Fault
{
    public override string Name => "own-sleep";

    public override string Summary => "the camera sleeps in its loop";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.BlockedActivity) with { Sites = [new Site("OwnSleep.Sleep", "site: own sleep")] };

    public override bool IsDeterministic => true;

    public override IDisposable Inject(LabApplication application)
    {
        var time = application.Settings.FaultTime;
        return new CameraExtra(application.Camera, _ => Sleep(time));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sleep(TimeSpan time) => Thread.Sleep(time); // site: own sleep
}
