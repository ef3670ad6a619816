using System.Net.Sockets;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Inspection.Telemetry;

/// <summary>Sends what the runtime tells of this process to a collector, until it is disposed: traces and metrics of the application, traces of a worker process (OTLP over HTTP).</summary>
internal sealed class OtlpExport : IDisposable
{
    /// <summary>Where collectors are by OpenTelemetry's convention; the variable that names another, too.</summary>
    public const string UsualEndpoint = "http://localhost:4318";
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Source = "Hardening.Runtime"; // of spans, and the name of the meter
    private const string WorkerVariable = "INSPECTION_OTLP"; // the workers inherit it
    private const int MetricsEvery = 1_000; // ms; the rest too
    private const int SpansEvery = 500;
    private const int AnswerLimit = 10_000;
    private const int EndLimit = 10_000;
    private const int WorkerEndLimit = 300; // within the grace period of the pool, which ends it otherwise

    private readonly TracerProvider _traces;
    private readonly MeterProvider? _metrics;
    private readonly int _endLimit;

    private OtlpExport(Uri endpoint, bool isWorker)
    {
        _endLimit = isWorker ? WorkerEndLimit : EndLimit;
        _traces = Sdk.CreateTracerProviderBuilder() // samples all, or as OTEL_TRACES_SAMPLER says
            .AddSource(Source)
            .ConfigureResource(resource => resource.AddService(isWorker ? "inspection-worker" : "inspection"))
            .AddOtlpExporter((OtlpExporterOptions options) =>
            {
                Address(options, endpoint, "v1/traces");
                options.BatchExportProcessorOptions.ScheduledDelayMilliseconds = SpansEvery;
            })
            .Build();
        _metrics = isWorker ? null : Sdk.CreateMeterProviderBuilder()
            .AddMeter(Source)
            .ConfigureResource(resource => resource.AddService("inspection"))
            .AddOtlpExporter((options, reader) =>
            {
                Address(options, endpoint, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = MetricsEvery;
            })
            .Build();
    }

    /// <summary>In the application; its workers export from then on, too.</summary>
    public static OtlpExport Start(Uri endpoint)
    {
        Environment.SetEnvironmentVariable(WorkerVariable, endpoint.ToString());
        return new OtlpExport(endpoint, isWorker: false);
    }

    /// <summary>In a worker: null where the application exports nothing.</summary>
    public static OtlpExport? StartInWorker() => Environment.GetEnvironmentVariable(WorkerVariable) is { } endpoint ? new OtlpExport(new Uri(endpoint), isWorker: true) : null;

    /// <summary>Whether somebody listens there: an exporter that nobody listens to says nothing.</summary>
    /// <returns>Null where somebody does; else why not.</returns>
    public static async Task<string?> WhyNotReachableAsync(Uri endpoint, TimeProvider time)
    {
        using var probe = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(AnswerLimit), time);
        try
        {
            await probe.ConnectAsync(endpoint.IdnHost, endpoint.Port, limit.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {AnswerLimit / 1_000} s";
        }
    }

    /// <summary>Sends what is left, within a limit: a collector that hangs holds nobody up.</summary>
    public void Dispose()
    {
        _metrics?.Shutdown(_endLimit);
        _traces.Shutdown(_endLimit);
        _metrics?.Dispose();
        _traces.Dispose();
    }

    private static void Address(OtlpExporterOptions options, Uri endpoint, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        options.TimeoutMilliseconds = AnswerLimit;
    }
}
