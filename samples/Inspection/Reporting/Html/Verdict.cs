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
            report.Stalls switch { 0 => "never stood still", 1 => "stood still once", 2 => "stood still twice", var times => $"stood still {Words.Number(times)} times" },
            report.ChildrenLeft == 0 ? "left nothing behind" : $"left {Words.Count(report.ChildrenLeft, "process", "processes")} behind",
        ];
        return $"{parts[0]}, {parts[1]}, and {parts[2]}.";
    }

    /// <summary>What to know before believing it: that a run was cut short, or was not alone.</summary>
    public static IEnumerable<string> CaveatsOf(IReadOnlyList<RunReport> reports)
    {
        foreach (var report in reports)
        {
            if (report.EndedEarly is { } why)
            {
                yield return $"{report.Server} ended after {Words.Seconds(report.Seconds)}: {why}.";
            }

            if (report.UsedByOthers is > MuchUsed and var others)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"Other programs used {others * 100:0} % of the machine while {report.Server} ran, which makes its figures worse than they need to be.");
            }
        }
    }

    private static string Share(long part, long whole) => ((double)part / whole) switch
    {
        < 0.001 => "less than 0.1 %",
        var share => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %"),
    };
}
