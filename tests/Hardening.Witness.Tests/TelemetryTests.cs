using System.Diagnostics.Metrics;
using System.Reflection;
using Hardening.Stalls;
using Microsoft.Extensions.Logging;

namespace Hardening.Witness.Tests;

/// <summary>The page tells of every instrument and every event.</summary>
public sealed class TelemetryTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs/runtime/witness.md"));

    [Test]
    public void Every_instrument_is_on_the_page()
    {
        using var meter = new Meter("Hardening.Runtime");
        var instruments = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => instruments.AddRange(instrument.Meter == meter ? [instrument] : []) };
        listener.Start();
        _ = new WitnessMetrics(meter);
        Assert.That(instruments, Has.Count.EqualTo(4));
        foreach (var instrument in instruments)
        {
            Assert.That(Page, Does.Contain($"| {instrument.Name} | {instrument.Unit} | {instrument.Description} |"));
        }
    }

    [Test]
    public void Every_log_event_is_on_the_page()
    {
        var events = typeof(WitnessStackSource).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToArray();
        Assert.That(events, Is.Not.Empty);
        Assert.That(events.Select(e => e.EventId), Is.Unique.And.All.InRange(2100, 2119));
        foreach (var e in events)
        {
            Assert.That(Page, Does.Contain($"| {e.EventId} | {e.Level} | {e.Message} |"));
        }
    }
}
