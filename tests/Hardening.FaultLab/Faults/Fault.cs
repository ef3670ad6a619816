using Hardening.FaultLab.Application;
using Hardening.FaultLab.Running;
using Hardening.Stalls;

namespace Hardening.FaultLab.Faults;

/// <summary>One way to stall the application: brought in, held for some seconds, and taken away without a trace.</summary>
internal abstract class Fault
{
    public abstract string Name { get; }

    public abstract string Summary { get; }

    /// <summary>What a report must say.</summary>
    public abstract FaultFacts Facts { get; }

    /// <summary>Whether it needs the C library, and so a compiler.</summary>
    public virtual bool NeedsNative => false;

    /// <summary>Whether its cause is the same on every machine, however busy: then another name for it is always wrong.</summary>
    public virtual bool IsDeterministic => false;

    /// <summary>Makes, in the application and before it is watched, what takes long to make.</summary>
    public virtual void Prepare(LabApplication application)
    {
    }

    /// <summary>Brings the fault in, in the application; what it returns takes it away.</summary>
    public virtual IDisposable Inject(LabApplication application) => Nothing.Instance;

    /// <summary>Makes, outside of the application, what it will find; null, or why it cannot be had.</summary>
    public virtual Task<string?> PrepareOutsideAsync(OutsideWorld world, CancellationToken stop) => Task.FromResult<string?>(null);

    /// <summary>Brings in what comes from outside, holds it for that long, and takes it away.</summary>
    public virtual Task RunOutsideAsync(OutsideWorld world, TimeSpan duration, CancellationToken stop) => Task.CompletedTask;

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
        }
    }
}

/// <summary>What is known of a fault, for the judge.</summary>
internal sealed record FaultFacts
{
    /// <summary>Causes that are right answers, a set for each part of a combination; none at all: nothing may be reported.</summary>
    public required IReadOnlyList<IReadOnlyList<StallCause>> Parts { get; init; }

    /// <summary>The activity that it stalls.</summary>
    public string Stalls { get; init; } = Activities.Camera;

    /// <summary>Statements that wait, sleep or compute: one of them, or <see cref="OwnerSite"/>, must be named. None: no line is asked for.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [];

    /// <summary>The thread that holds what is waited for.</summary>
    public string? Owner { get; init; }

    /// <summary>What that thread does.</summary>
    public Site? OwnerSite { get; init; }

    public bool IsHealthy => Parts.Count == 0;

    public static FaultFacts Of(params StallCause[] causes) => new() { Parts = [causes] };
}

/// <summary>A place in the source. No line is written down: the reported line must hold the mark.</summary>
/// <param name="Method">Type and method, as far as it is needed to know it.</param>
/// <param name="Mark">What the comment on that line says; null: the method is enough.</param>
internal sealed record Site(string Method, string? Mark = null)
{
    /// <summary>Where workers take the gate that the camera takes too: they stand still with it.</summary>
    public static readonly Site WorkerGate = new("LabWorker.Compute", "site: worker gate");
}
