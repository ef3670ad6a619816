using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Hardening.Camera;
using Hardening.Camera.Recording;
using Hardening.Messaging;
using Hardening.Pool;
using Hardening.Pool.Workers;
using Hardening.Processes;
using Hardening.Processes.Supervision;
using Hardening.Stalls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hardening.Runtime.Tests;

/// <summary>What the runtime tells: the page of it is generated, and the names keep to the rules of the house.</summary>
public sealed partial class TelemetryTests
{
    private static readonly IReadOnlyList<(MethodInfo Method, LoggerMessageAttribute Message)> Events =
        [.. from type in new[] { typeof(FramePipeline).Assembly, typeof(RabbitPool).Assembly }.SelectMany(assembly => assembly.GetTypes())
            from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()
            where message is not null
            orderby message.EventId
            select (method, message)];

    [Test]
    public void Every_log_event_has_an_id_of_its_own_in_the_band_of_its_subject()
    {
        Assert.That(Events.Select(e => e.Message.EventId), Is.Unique);
        foreach (var (method, message) in Events)
        {
            var band = method.DeclaringType!.Assembly == typeof(RabbitPool).Assembly ? 5 : method.DeclaringType.Namespace!.Split('.')[1] switch { "Stalls" => 2, "Processes" or "Pool" => 3, "Camera" => 4, _ => 0 };
            Assert.That(message.EventId / 1000, Is.EqualTo(band), $"{method.DeclaringType.Name}.{method.Name}");
            foreach (Match placeholder in Placeholder().Matches(message.Message))
            {
                Assert.That(char.IsUpper(placeholder.Groups[1].Value[0]), $"{{{placeholder.Groups[1].Value}}} of event {message.EventId} is not in PascalCase");
            }
        }
    }

    [Test]
    public void Every_instrument_is_named_by_the_rules_of_the_house()
    {
        foreach (var instrument in Instruments())
        {
            Assert.That(instrument.Name, Does.Match("^hardening\\.(broker|camera|process|pool|stall)(\\.[a-z][a-z_]*)+$"));
            Assert.That(instrument.Unit, Is.AnyOf("s", "By").Or.Match("^\\{[a-z_]+\\}$"), instrument.Name);
            Assert.That(instrument.Description, Is.Not.Empty, instrument.Name);
        }
    }

    [Test]
    public void Every_span_is_named_by_the_rules_of_the_house()
    {
        foreach (var span in RuntimeSpans.All)
        {
            Assert.That(span.Name, Does.Match(@"^[a-z]+( \*(name|pool)\*)?$"), "of few values: what varies comes from the configuration");
            Assert.That(span.Attributes, Is.Unique.And.All.Match(@"^hardening\.(pipeline|camera|frame|stage|sink|drop|pool|job|worker)\.[a-z_]+$|^error\.type$"), span.Name);
        }
    }

    [Test]
    public void Generated_page_tells_every_instrument_and_event()
    {
        var page = new StringBuilder("""
            # Telemetry

            Generated from the code. The meter is `Hardening.Runtime`; times are in seconds. The meter of a pipeline carries the tag `hardening.pipeline.name`.

            ## Metrics

            | instrument | kind | unit | meaning |
            |---|---|---|---|

            """);
        foreach (var instrument in Instruments())
        {
            page.Append($"| {instrument.Name} | {instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal)} | {instrument.Unit} | {instrument.Description} |\n");
        }

        page.Append("""

            ## Spans

            The source is `Hardening.Runtime`; [tracing](tracing.md) says how to switch it on, and what it costs.

            | span | kind | parent | meaning | attributes |
            |---|---|---|---|---|

            """);
        foreach (var span in RuntimeSpans.All)
        {
            page.Append($"| {span.Name} | {span.Kind} | {span.Parent} | {span.Meaning} | {string.Join(", ", span.Attributes.Select(attribute => $"`{attribute}`"))} |\n");
        }

        page.Append("""

            ## Log events

            | id | level | message |
            |---|---|---|

            """);
        foreach (var (_, message) in Events)
        {
            page.Append($"| {message.EventId} | {message.Level} | {message.Message} |\n");
        }

        Baseline.Check("docs/runtime/telemetry.md", page.ToString());
    }

    private static List<Instrument> Instruments()
    {
        var instruments = new SortedDictionary<string, Instrument>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "Hardening.Runtime")
                {
                    instruments[instrument.Name] = instrument;
                }
            },
        };
        using var watchdog = new StallWatchdog();
        _ = new SupervisorMetrics(RuntimeMeter.Create(null));
        using var crew = new WorkerCrew();
        using var pool = new ProcessPoolMetrics(meters: null, "telemetry", () => crew.Read(default));
        using var broker = new RabbitMqMetrics(meters: null, static () => throw new InvalidOperationException("Nothing is collected."));
        using var caller = new RabbitPoolMetrics(meters: null, "telemetry", static () => throw new InvalidOperationException("Nothing is collected."));
        using var host = new RabbitPoolHostMetrics(meters: null, "telemetry", static () => throw new InvalidOperationException("Nothing is collected."));
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        _ = new CameraOwnershipMetrics(services.GetRequiredService<IMeterFactory>(), "telemetry", () => 0);
        using var kept = new RestartingProcess("telemetry", new RestartingProcessOptions { FileName = "true" });
        _ = new FramePipelineBuilder("telemetry").From(new ScriptedFrameSource()).To(new RecordingSink(new RecordingSinkOptions { Directory = "none" })).Build();
        listener.Start();
        return [.. instruments.Values];
    }

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Placeholder();
}
