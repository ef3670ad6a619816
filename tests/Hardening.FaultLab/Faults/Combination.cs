using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;

namespace Hardening.FaultLab.Faults;

/// <summary>Two faults at once.</summary>
internal sealed class Combination(string name, Fault first, Fault second) : Fault
{
    public override string Name => name;

    public override string Summary => $"{first.Summary}; and {second.Summary}";

    // Where and who is asked of single faults only: here either may be what is seen.
    public override FaultFacts Facts { get; } = new() { Parts = [.. first.Facts.Parts, .. second.Facts.Parts], Stalls = first.Facts.Stalls };

    public override bool NeedsNative => first.NeedsNative || second.NeedsNative;

    public override void Prepare(LabApplication application)
    {
        first.Prepare(application);
        second.Prepare(application);
    }

    public override IDisposable Inject(LabApplication application) => new Both(first.Inject(application), second.Inject(application));

    public override async Task<string?> PrepareOutsideAsync(OutsideWorld world, CancellationToken stop) =>
        await first.PrepareOutsideAsync(world, stop) ?? await second.PrepareOutsideAsync(world, stop);

    public override Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) =>
        Task.WhenAll(first.RunOutsideAsync(world, duration, stop), second.RunOutsideAsync(world, duration, stop));

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            try
            {
                first.Dispose();
            }
            finally
            {
                second.Dispose();
            }
        }
    }
}
