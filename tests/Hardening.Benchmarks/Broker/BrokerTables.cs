using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hardening.Benchmarks.Broker;

/// <summary>The figures for the eye: what a job costs each of those who take part, and how throughput and latency go with callers and prefetch.</summary>
internal static class BrokerTables
{
    public static IReadOnlyList<(string Title, IRenderable Table)> Of(IReadOnlyList<BrokerFigures> figures)
    {
        var grown = figures.Where(row => row is { Way: BrokerWay.Broker, Payload: BrokerPayload.Kibibyte }).ToList();
        return
        [
            ("what a job costs: through the broker, and in the local pool", Costs(figures)),
            .. grown.Count == 0 ? Array.Empty<(string, IRenderable)>() :
            [
                ("1 KiB through the broker, by callers: jobs/s", Grown(grown, row => Text(row.JobsPerSecond))),
                ("the same: p50 and p99 of a job, ms", Grown(grown, row => $"{Text(row.P50 / 1000)}  {Text(row.P99 / 1000)}")),
            ],
        ];
    }

    /// <summary>For each prefetch, the least callers that have nearly all of the throughput.</summary>
    public static IEnumerable<string> Knees(IReadOnlyList<BrokerFigures> figures) =>
        figures.Where(row => row is { Way: BrokerWay.Broker, Payload: BrokerPayload.Kibibyte }).GroupBy(row => row.Prefetch).Where(rows => rows.Count() > 2).OrderBy(rows => rows.Key).Select(rows =>
        {
            var most = rows.Max(row => row.JobsPerSecond);
            var knee = rows.OrderBy(row => row.Callers).First(row => row.JobsPerSecond >= BrokerCases.Knee * most);
            return string.Create(CultureInfo.InvariantCulture, $"the knee at prefetch {rows.Key}: {knee.Callers} callers, {Text(knee.JobsPerSecond)} jobs/s of at most {Text(most)}");
        });

    private static Table Costs(IReadOnlyList<BrokerFigures> figures)
    {
        var table = new Table().AddColumn("job").AddColumn("way").AddColumn("callers", Right).AddColumn("jobs/s", Right).AddColumn("p50 µs", Right).AddColumn("p99 µs", Right)
            .AddColumn("CPU µs: caller", Right).AddColumn("broker", Right).AddColumn("host, workers", Right).AddColumn("broker's disk, bytes", Right);
        foreach (var row in figures.Where(row => row.Way == BrokerWay.Local || row.Prefetch == BrokerCases.UsualPrefetch).OrderBy(row => row.Payload).ThenBy(row => row.Callers).ThenBy(row => row.Way))
        {
            var isLocal = row.Way == BrokerWay.Local;
            table.AddRow(Name(row.Payload), isLocal ? "local" : "broker", Text(row.Callers), Text(row.JobsPerSecond), Text(row.P50), Text(row.P99), Text(row.CallerCpu),
                isLocal ? "" : Text(row.BrokerCpu), Text(row.HostCpu), isLocal ? "" : Text(row.DiskBytes));
        }

        return table;
    }

    private static Table Grown(List<BrokerFigures> figures, Func<BrokerFigures, string> cell)
    {
        var table = new Table().AddColumn("prefetch", Right);
        int[] callers = [.. figures.Select(row => row.Callers).Distinct().Order()];
        foreach (var count in callers)
        {
            table.AddColumn(Text(count), Right);
        }

        foreach (var rows in figures.GroupBy(row => row.Prefetch).OrderBy(rows => rows.Key))
        {
            table.AddRow([Text(rows.Key), .. callers.Select(count => rows.FirstOrDefault(row => row.Callers == count) is { } row ? cell(row) : "")]);
        }

        return table;
    }

    private static string Name(BrokerPayload payload) => payload switch { BrokerPayload.Empty => "empty", BrokerPayload.Kibibyte => "1 KiB", _ => "frame, 1.3 MB" };

    private static string Text(double value) => value.ToString(value >= 100 || value == Math.Floor(value) ? "#,0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static void Right(TableColumn column) => column.RightAligned();
}
