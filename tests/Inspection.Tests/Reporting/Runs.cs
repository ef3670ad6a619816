using Inspection.Reporting;
using Inspection.Servers;
using Inspection.Timeline;

namespace Inspection.Tests.Reporting;

/// <summary>Runs that nobody had to wait for.</summary>
internal static class Runs
{
    public const string Hostile = """'"><img src=x onerror="injected=1">&amp;""";

    /// <summary>A server that loses frames and stands still, on two cameras.</summary>
    public static RunReport Legacy { get; } = Create(
        "legacy", lost: 40, [new(4, 5, 100), new(5, 6, 60), new(900, 930, 1)],
        [new(1.5, 0.731, HasEnded: true, "LockContention", "LegacyInspectionServer.cs:164: 14 threads take turns at the lock", ["capture of camera-1", "results of camera-1"], "stall-1"), new(3.2, 0.8, HasEnded: false, "GarbageCollection", "a garbage collection", ["results of camera-2"], "stall-2")]);

    /// <summary>A server that does neither.</summary>
    public static RunReport Hardened { get; } = Create("hardened", lost: 0, [new(3.9, 4.1, 240)], []);

    /// <summary>A run in which every name is an attack.</summary>
    public static RunReport Attack { get; } = Legacy with
    {
        Cameras = [Camera(Hostile, lost: 3)],
        StallCauses = [new(Hostile, Hostile, 1, 1, Hostile)],
        EndedEarly = Hostile,
        Timeline = new([new(1, 1, [new(30, 3, 0, 0)])], [new(Hostile, 0.1, 0.2)], [new(0, 1, HasEnded: true, Hostile, Hostile, [Hostile], Hostile)], 0),
    };

    public static CameraAccount Camera(string name, long lost) => new(name, "Streaming", 120 - lost, 120 - lost, 0, lost, 0, []);

    private static RunReport Create(string server, long lost, IReadOnlyList<LatencyCount> latencies, IReadOnlyList<StallMark> stalls) => new()
    {
        Server = server,
        Seconds = 4,
        StopSeconds = 0.2,
        EndedEarly = null,
        Due = 240,
        Cameras = [Camera("camera-1", lost), Camera("camera-2", 0)],
        Latency = new LatencyReport(4.9, latencies[^1].ToMs, latencies[^1].ToMs),
        LongestPauseMs = lost == 0 ? 40 : 731,
        Stalls = stalls.Count,
        StallCauses = [.. stalls.Select(stall => new StallSummary(stall.Headline, stall.Cause, 1, stall.ForSeconds, stall.Report))],
        Checked = 240 - lost,
        Wrong = 0,
        Archived = 4,
        UserSeconds = 2,
        SystemSeconds = 0.5,
        ChildrenSeconds = 0.1,
        UsedByOthers = 0.1,
        PeakThreads = 30,
        PeakMemoryBytes = 200 << 20,
        BytesPerFrame = 12,
        GcPauseMs = 3,
        FullCollections = 0,
        ChildrenLeft = (int)lost / 10,
        LatencyBuckets = latencies,
        Timeline = new RunTimeline(
            [.. Enumerable.Range(1, 4).Select(second => new SecondFigures(second, 1, [new(30 - (lost / 4.0), lost / 4, 0, 0), new(30, 0, 0, 0)]))],
            [.. stalls.Select(stall => new CameraSilence("camera-1", stall.AtSeconds, stall.ForSeconds))],
            stalls,
            0),
    };
}
