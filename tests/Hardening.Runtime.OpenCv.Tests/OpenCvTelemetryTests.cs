using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Hardening.Runtime.OpenCv.Tests;

/// <summary>The names of instruments and events keep to the rules of the house, and the page tells each of them.</summary>
public sealed class OpenCvTelemetryTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs/runtime/opencv.md"));

    [Test]
    public void Every_instrument_is_on_the_page()
    {
        using var meter = new Meter("Hardening.Runtime");
        var instruments = new List<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => instruments.AddRange(instrument.Meter == meter ? [instrument] : []) };
        listener.Start();
        OpenCvMetrics.Of(meter);
        Assert.That(OpenCvMetrics.Of(meter), Is.SameAs(OpenCvMetrics.Of(meter)), "a camera that is opened again makes no new instruments");
        Assert.That(instruments, Has.Count.EqualTo(4));
        foreach (var instrument in instruments)
        {
            Assert.That(instrument.Name, Does.Match("^hardening\\.camera\\.opencv\\.[a-z]+\\.[a-z_]+$"));
            Assert.That(Page, Does.Contain($"| {instrument.Name} | {instrument.Unit} | {instrument.Description} |"));
        }
    }

    [Test]
    public void Every_log_event_is_on_the_page()
    {
        var events = typeof(OpenCvFrameSource).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToArray();
        Assert.That(events.Select(e => e.EventId), Is.Unique.And.All.InRange(4180, 4189));
        foreach (var e in events)
        {
            Assert.That(Page, Does.Contain($"| {e.EventId} | {e.Level} | {e.Message} |"));
        }
    }
}
