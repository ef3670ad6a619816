using System.Net;
using Hardening.Camera;

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

    /// <summary>A file for the figures as a page.</summary>
    public string? HtmlPath { get; init; }

    /// <summary>The servers to run, in this order.</summary>
    public IReadOnlyList<InspectionMode> Runs => Mode == InspectionMode.Compare ? [InspectionMode.Legacy, InspectionMode.Hardened] : [Mode];
}
