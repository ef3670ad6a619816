using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

internal sealed class FrozenDisk : Fault
{
    public override string Name => "disk";

    public override string Summary => "the file system that the camera writes to is frozen";

    public override FaultFacts Facts { get; } = FaultFacts.Of(StallCause.BlockedIO) with { Sites = [new Site("LabCamera.WriteFile", "site: file")] };

    public override bool IsDeterministic => true;

    public override Task<string?> PrepareOutsideAsync(OutsideWorld world, CancellationToken stop) => world.MountAsync(stop);

    public override void Prepare(LabApplication application) => application.Resources.OpenFile(Path.Combine(application.Settings.Place, "frames"));

    public override Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) => world.FreezeAsync(duration, stop);
}
