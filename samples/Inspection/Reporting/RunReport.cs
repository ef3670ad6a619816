using System.Text.Json;
using System.Text.Json.Serialization;
using Hardening.Camera;
using Inspection.Servers;
using Inspection.Timeline;

namespace Inspection.Reporting;

/// <summary>All figures of one run, as the table and the file show them. Times are in milliseconds or seconds, as their names say.</summary>
internal sealed record RunReport
{
    public required string Server { get; init; }

    public required double Seconds { get; init; }

    /// <summary>How long stopping and draining took.</summary>
    public required double StopSeconds { get; init; }

    /// <summary>Why it ended before its time; null: it did not.</summary>
    public required string? EndedEarly { get; init; }

    /// <summary>What the cameras sent in that time by their rate; of recordings, the frames that there were.</summary>
    public required long Due { get; init; }

    public required IReadOnlyList<CameraAccount> Cameras { get; init; }

    public required LatencyReport Latency { get; init; }

    public required double LongestPauseMs { get; init; }

    public required long Stalls { get; init; }

    /// <summary>Why, those that cost most time first: of all activities, that of the results and those of the server itself.</summary>
    public required IReadOnlyList<StallSummary> StallCauses { get; init; }

    public required long Checked { get; init; }

    public required long Wrong { get; init; }

    public required long Archived { get; init; }

    /// <summary>Frames that should have been archived and were not.</summary>
    public long NotArchived { get; init; }

    /// <summary>Defects found, on all frames together.</summary>
    public long Defects { get; init; }

    /// <summary>What became of the jobs of worker processes; null where threads inspected.</summary>
    public PoolAccount? Pool { get; init; }

    /// <summary>What became of the frames that were to be recorded; null where none were.</summary>
    public RecordingAccount? Recording { get; init; }

    /// <summary>What could be read of the recordings that were replayed; null where there were cameras.</summary>
    public ReplayReport? Replay { get; init; }

    public required double UserSeconds { get; init; }

    public required double SystemSeconds { get; init; }

    /// <summary>CPU time of the processes that the run has started.</summary>
    public required double ChildrenSeconds { get; init; }

    /// <summary>The share of all cores that other programs used; null where it is not known.</summary>
    public required double? UsedByOthers { get; init; }

    public required int PeakThreads { get; init; }

    public required long PeakMemoryBytes { get; init; }

    public required double? BytesPerFrame { get; init; }

    public required double GcPauseMs { get; init; }

    public required int FullCollections { get; init; }

    public required int ChildrenLeft { get; init; }

    /// <summary>How many frames took how long, the shortest first.</summary>
    public IReadOnlyList<LatencyCount> LatencyBuckets { get; init; } = [];

    public RunTimeline Timeline { get; init; } = RunTimeline.Empty;

    public long Received => Cameras.Sum(camera => camera.Received);

    public long Processed => Cameras.Sum(camera => camera.Processed);

    public long Dropped => Cameras.Sum(camera => camera.Dropped);

    public long InFlight => Cameras.Sum(camera => camera.InFlight);

    public long Lost => Cameras.Sum(camera => camera.Lost);

    public long Missed => Cameras.Sum(camera => camera.Missed);

    /// <summary>Whether every frame of every camera is accounted for.</summary>
    public bool AddsUp => Cameras.All(camera => camera.AddsUp);

    /// <summary>Frames given up, by place and reason, over all cameras.</summary>
    public IReadOnlyList<DroppedFrames> Drops =>
        [.. Cameras.SelectMany(camera => camera.Drops).GroupBy(drop => (drop.Edge, drop.Reason)).Select(group => new DroppedFrames(group.Key.Edge, group.Key.Reason, group.Sum(drop => drop.Count)))];

    /// <summary>Writes the figures of all runs to a file.</summary>
    public static void Write(IReadOnlyList<RunReport> reports, string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, reports, RunReportJson.Default.IReadOnlyListRunReport);
    }
}

/// <summary>Stalls that are put down to the same cause and statement.</summary>
/// <param name="Headline">The first line of the longest one's report.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Count">How many stalls.</param>
/// <param name="Seconds">How long they lasted in all.</param>
/// <param name="Report">The longest one's report.</param>
internal sealed record StallSummary(string Headline, string Cause, int Count, double Seconds, string Report);

/// <summary>From a frame's arrival at the host to its result, over all cameras.</summary>
internal sealed record LatencyReport(double P50Ms, double P99Ms, double MaxMs)
{
    public static LatencyReport From(LatencySummary latency) => new(latency.P50.TotalMilliseconds, latency.P99.TotalMilliseconds, latency.Max.TotalMilliseconds);
}

/// <summary>How many frames took from <paramref name="FromMs"/> to just less than <paramref name="ToMs"/>.</summary>
internal sealed record LatencyCount(double FromMs, double ToMs, long Count);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<RunReport>))]
internal sealed partial class RunReportJson : JsonSerializerContext;
