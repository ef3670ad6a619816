using System.Text.Json;
using System.Text.Json.Serialization;
using DeployService.Driving;
using DeployService.Measuring;
using DeployService.Serving;

namespace DeployService.Reporting;

/// <summary>All figures of one server, as the table and the file show them.</summary>
internal sealed record ServerReport
{
    public required string Server { get; init; }

    /// <summary>The load.</summary>
    public required LoadReport Load { get; init; }

    /// <summary>Why the load ended early; null: it did not.</summary>
    public required string? EndedEarly { get; init; }

    /// <summary>What the service says that it has done in the load.</summary>
    public required DeploymentCounts Counts { get; init; }

    /// <summary>Processes of deployments after the load, beside the service, which runs.</summary>
    public required LeftProcesses AfterLoad { get; init; }

    /// <summary>The requests that were under way at SIGTERM.</summary>
    public required LoadReport Terminated { get; init; }

    /// <summary>How long the service took to end after SIGTERM; null: it did not, and was killed.</summary>
    public required double? StopSeconds { get; init; }

    /// <summary>All processes after that: the service has ended.</summary>
    public required LeftProcesses AfterSigterm { get; init; }

    /// <summary>The requests that were under way at SIGKILL.</summary>
    public required LoadReport Killed { get; init; }

    /// <summary>All processes after that: the service is gone.</summary>
    public required LeftProcesses AfterSigkill { get; init; }

    /// <summary>How long the slower of the two restarts took, until requests were taken.</summary>
    public required double RestartSeconds { get; init; }

    /// <summary>Whether the last restart deployed a release.</summary>
    public required bool WorksAgain { get; init; }

    /// <summary>All processes after this program has ended what the run left.</summary>
    public required int LeftInTheEnd { get; init; }

    /// <summary>Writes the figures of all servers to a file.</summary>
    public static void Write(IReadOnlyList<ServerReport> reports, string path)
    {
        using var file = File.Create(path);
        JsonSerializer.Serialize(file, reports, ServerReportJson.Default.IReadOnlyListServerReport);
    }
}

/// <summary>Requests, and how they ended: <c>Requests = Succeeded + Failed + TimedOut + TurnedAway + Cancelled + NoAnswer</c>.</summary>
internal sealed record LoadReport(
    int Requests, int Succeeded, int Failed, int TimedOut, int TurnedAway, int Cancelled, int NoAnswer, int Attempts, int Answers503, int WithoutRetryAfter, double Seconds, TimesReport? Latency, TimesReport? Wait)
{
    public static LoadReport From(LoadTally tally, TimeSpan elapsed) => new(
        tally.Ended,
        tally.Count(RequestOutcome.Succeeded),
        tally.Count(RequestOutcome.Failed),
        tally.Count(RequestOutcome.TimedOut),
        tally.Count(RequestOutcome.TurnedAway),
        tally.Count(RequestOutcome.Cancelled),
        tally.Count(RequestOutcome.NoAnswer),
        tally.Attempts,
        tally.TurnedAway,
        tally.WithoutRetryAfter,
        elapsed.TotalSeconds,
        TimesReport.From(tally.Latency),
        TimesReport.From(tally.Wait));
}

/// <summary>Times of the deployments that succeeded.</summary>
internal sealed record TimesReport(double P50Ms, double P99Ms)
{
    public static TimesReport? From(Func<double, TimeSpan?> at) => at(0.5) is { } p50 && at(0.99) is { } p99 ? new TimesReport(p50.TotalMilliseconds, p99.TotalMilliseconds) : null;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<ServerReport>))]
internal sealed partial class ServerReportJson : JsonSerializerContext;
