namespace Hardening.FaultLab.Running;

/// <summary>How the application under test is set up, and for how long a fault is held.</summary>
internal sealed record LabSettings
{
    public TimeSpan Limit { get; init; } = TimeSpan.FromMilliseconds(400);

    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long all is well before the fault.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1.5);

    public TimeSpan FaultTime { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The native library; null: there is none.</summary>
    public string? Library { get; init; }

    /// <summary>Whether a witness takes stacks.</summary>
    public bool Witness { get; init; } = true;

    /// <summary>A directory of this run.</summary>
    public string Place { get; init; } = "";

    /// <summary>Where the watchdog writes its reports.</summary>
    public string Reports => $"{Place}.stalls";
}
