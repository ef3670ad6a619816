using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Hardening.Dashboard.Tests;

/// <summary>The page of the dashboard tells all that it has.</summary>
public sealed class DocsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs", "runtime", "dashboard.md"));

    [Test]
    public void Page_tells_every_option()
    {
        foreach (var option in typeof(HardeningDashboardOptions).GetProperties())
        {
            Assert.That(Page, Does.Contain($"| `{option.Name}` |"));
        }
    }

    [Test]
    public void Page_tells_every_instrument_with_its_unit()
    {
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Name.StartsWith("hardening.dashboard.", StringComparison.Ordinal))
                {
                    instruments.Add(instrument);
                }
            },
        };
        using var metrics = new DashboardMetrics(meters: null);
        listener.Start();
        Assert.That(instruments.DistinctBy(instrument => instrument.Name).ToList(), Has.Count.EqualTo(7));
        foreach (var instrument in instruments)
        {
            Assert.That(Page, Does.Contain($"| `{instrument.Name}` | {instrument.Unit} |"));
        }
    }

    [Test]
    public void Page_tells_every_log_event_and_each_has_an_id_of_its_own()
    {
        var events = typeof(HardeningDashboard).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToList();
        Assert.That(events.Select(e => e.EventId), Is.Unique.And.All.InRange(6000, 6049).And.Count.GreaterThan(3));
        foreach (var told in events)
        {
            Assert.That(Page, Does.Contain($"| {told.EventId} | {told.Level} |"));
        }
    }
}
