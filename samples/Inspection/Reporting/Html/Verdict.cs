using System.Globalization;

namespace Inspection.Reporting.Html;

/// <summary>A run in one sentence.</summary>
internal static class Verdict
{
    private const double MuchUsed = 0.25; // of all processors: enough to change what a run shows

    public static string Of(RunReport report)
    {
        var gone = report.Lost + report.Dropped + report.Missed;
        string[] parts =
        [
            gone == 0 ? "lost no frame" : $"lost {Share(gone, gone + report.Processed + report.InFlight)} of its frames",
            report.Stalls == 0 ? "never stood still" : $"stood still {Words.Count(report.Stalls, "time")}",
            report.ChildrenLeft == 0 ? "left nothing behind" : $"left {Words.Count(report.ChildrenLeft, "process", "processes")} behind",
        ];
        var early = report.EndedEarly is { } why ? $" It ended after {Words.Seconds(report.Seconds)}: {why}." : "";
        var shared = report.UsedByOthers is > MuchUsed and var others ? string.Create(CultureInfo.InvariantCulture, $" Other programs used {others * 100:0} % of the machine meanwhile.") : "";
        return $"{parts[0]}, {parts[1]}, and {parts[2]}.{early}{shared}";
    }

    private static string Share(long part, long whole) => ((double)part / whole) switch
    {
        < 0.001 => "less than 0.1 %",
        var share => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %"),
    };
}
