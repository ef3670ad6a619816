using System.Buffers;
using System.Diagnostics;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Hardening.Pool.Tests.Tracing;

/// <summary>A worker with a tracer of its own, as docs/runtime/tracing.md has it. The result is its present span; the request "throw" fails.</summary>
public sealed class TracedWorker : IJobHandler, IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20); // a machine of tests is slow; the pool's grace period is longer

    private readonly TracerProvider _traces = Sdk.CreateTracerProviderBuilder()
        .AddSource("Hardening.Runtime")
        .ConfigureResource(resource => resource.AddService("worker"))
        .AddOtlpExporter((OtlpExporterOptions options) => options.Protocol = OtlpExportProtocol.HttpProtobuf)
        .Build();

    public void Run(JobContext job)
    {
        if (job.Request.SequenceEqual("throw"u8))
        {
            throw new FormatException("no picture");
        }

        job.Result.Write(Encoding.ASCII.GetBytes($"{Activity.Current?.Id}\n{Activity.Current?.TraceStateString}"));
    }

    public void Dispose()
    {
        _traces.Shutdown((int)EndLimit.TotalMilliseconds);
        _traces.Dispose();
    }
}
