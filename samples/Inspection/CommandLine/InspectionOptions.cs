using System.Net;
using Hardening.Camera;
using Inspection.Cameras;

namespace Inspection.CommandLine;

/// <summary>Which server runs.</summary>
internal enum InspectionMode
{
    Compare,
    Legacy,
    Hardened,
}

/// <summary>Where frames come from.</summary>
internal enum CameraKind
{
    Synthetic,
    Aravis,
}

/// <summary>What the command line asks for, checked.</summary>
internal sealed record InspectionOptions
{
    public required InspectionMode Mode { get; init; }

    public required CameraKind Source { get; init; }

    /// <summary>How many cameras, where that is known: synthetic, simulated or by address.</summary>
    public required int Cameras { get; init; }

    /// <summary>Whether GigE Vision cameras are simulated for the run.</summary>
    public bool Simulates { get; init; }

    /// <summary>GigE Vision cameras; none: those that are found.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    public required TimeSpan Duration { get; init; }

    public required double FrameRate { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Workers { get; init; }

    public required LanePolicy Lane { get; init; }

    /// <summary>A file for the figures.</summary>
    public required string? JsonPath { get; init; }

    /// <summary>Where the watchdog writes its reports, a directory for each server.</summary>
    public required string StallDirectory { get; init; }

    /// <summary>Whether worker processes inspect in the place of threads (hardened).</summary>
    public bool InProcesses { get; init; }

    /// <summary>Where the frames are recorded (hardened); null: nowhere.</summary>
    public string? RecordDirectory { get; init; }

    /// <summary>Recordings in the place of cameras; null: there are cameras. Without a time of its own the run goes to their end, and <see cref="Duration"/> is the longest there is.</summary>
    public ReplayOptions? Replay { get; init; }

    /// <summary>Whether the run goes to the end of what is replayed.</summary>
    public bool RunsToTheEnd => Replay is not null && Duration == TimeSpan.MaxValue;

    /// <summary>A file for the figures as a page.</summary>
    public string? HtmlPath { get; init; }

    /// <summary>A collector for traces and metrics; null: none are sent.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Where the dashboard is served; null: nowhere.</summary>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>The servers to run, in this order.</summary>
    public IReadOnlyList<InspectionMode> Runs => Mode == InspectionMode.Compare ? [InspectionMode.Legacy, InspectionMode.Hardened] : [Mode];

    /// <summary>The same for the cameras that were found in the recordings.</summary>
    public InspectionOptions WithReplayOf(IReadOnlyList<ReplayedCamera> cameras) => this with
    {
        Replay = Replay! with { Cameras = cameras },
        Cameras = cameras.Count,
        Width = cameras.Max(camera => camera.Width),
        Height = cameras.Max(camera => camera.Height),
        FrameRate = Math.Max(1, cameras.Min(camera => camera.FrameRate ?? FrameRate)),
    };
}
