namespace Inspection.Servers;

/// <summary>One of the two servers, as the comparison drives it.</summary>
internal interface IInspectionServer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Opens the cameras and starts the work.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Whether no camera streams any more.</summary>
    bool IsOver { get; }

    /// <summary>Why the run must not go on, although its time is not over; null: it may.</summary>
    string? MustEnd { get; }

    /// <summary>Stops the cameras, works off what is in flight for up to <see cref="ServerLimits.Drain"/>, and drops the rest.</summary>
    Task StopAsync();

    /// <summary>What became of the frames so far.</summary>
    IReadOnlyList<CameraAccount> GetAccounts();

    /// <summary>How many frames were archived.</summary>
    long Archived { get; }

    /// <summary>How many frames should have been archived and were not.</summary>
    long NotArchived { get; }

    /// <summary>What became of the jobs of worker processes; null where threads inspect.</summary>
    PoolAccount? Pool => null;

    /// <summary>What became of the frames that were to be recorded; null where nothing is.</summary>
    RecordingAccount? Recording => null;
}

/// <summary>How long ending may take.</summary>
internal static class ServerLimits
{
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(1.5);

    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(1);
}

/// <summary>What became of the frames of one camera: <c>Received = Processed + Dropped + InFlight</c>.</summary>
/// <param name="Camera">The name.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Received">Frames that reached the application.</param>
/// <param name="Processed">Frames that were inspected.</param>
/// <param name="InFlight">Frames on their way.</param>
/// <param name="Lost">Frames lost before the application, told from gaps in the numbers.</param>
/// <param name="Missed">Frames that a silent or failed camera owes: an estimate.</param>
/// <param name="Drops">Frames given up, by place and reason.</param>
internal sealed record CameraAccount(
    string Camera, string State, long Received, long Processed, long InFlight, long Lost, long Missed, IReadOnlyList<DroppedFrames> Drops)
{
    public long Dropped => Drops.Sum(drop => drop.Count);

    /// <summary>Whether every frame is accounted for.</summary>
    public bool AddsUp => Received == Processed + Dropped + InFlight;
}

/// <summary>Frames given up at one place for one reason.</summary>
internal sealed record DroppedFrames(string Edge, string Reason, long Count);
