using System.Buffers;
using System.Text.RegularExpressions;
using Hardening.Camera;
using Hardening.Testing.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Hardening.Pool.Tests.Tracing;

/// <summary>One run of two cameras through a stage, a pool's stage and two sinks, as a collector sees it: frame, stage, job, work in another process.</summary>
/// <param name="language">What the workers are written in.</param>
[TestFixture("dotnet")]
[TestFixture("python3")]
[TestFixture("python2.7")]
[NonParallelizable]
public sealed partial class PipelineTraceTests(string language)
{
    private const int Frames = 20; // of each camera
    private const int Refused = 7; // by a sink
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Page = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs/runtime/tracing.md"));
    private static readonly string Generated = File.ReadAllText(Path.Combine(Baseline.RepositoryRoot, "docs/runtime/telemetry.md"));

    private readonly string _directory = Directory.CreateTempSubdirectory("hardening-traces-").FullName;
    private IReadOnlyList<OtlpSpan> _spans = [];
    private IReadOnlyList<OtlpMetric> _metrics = [];
    private IReadOnlyList<OtlpSpan> _frames = [];
    private ILookup<string, OtlpSpan> _childrenOf = null!;

    [OneTimeSetUp]
    public async Task Run_once()
    {
        var interpreter = language == "dotnet" ? null : PythonInterpreters.Require(language);
        using var limit = new CancellationTokenSource(Limit);
        await using var collector = OtlpCollector.Start();
        var before = Environment.GetEnvironmentVariable(Endpoint);
        Environment.SetEnvironmentVariable(Endpoint, collector.Endpoint.ToString());
        try
        {
            using (var traces = Sdk.CreateTracerProviderBuilder().AddSource("Hardening.Runtime").ConfigureResource(Host).AddOtlpExporter((OtlpExporterOptions options) => options.Protocol = OtlpExportProtocol.HttpProtobuf).Build())
            using (var metrics = Sdk.CreateMeterProviderBuilder().AddMeter("Hardening.Runtime").ConfigureResource(Host).AddOtlpExporter((OtlpExporterOptions options) => options.Protocol = OtlpExportProtocol.HttpProtobuf).Build())
            {
                await RunAsync(interpreter is null ? WorkerCommand.ThisApplication<TracedWorker>() : WorkerCommand.Python(WriteScript(), interpreter), () => metrics.ForceFlush((int)Limit.TotalMilliseconds), limit.Token);
                Assert.That(traces.ForceFlush((int)Limit.TotalMilliseconds), "the spans were not taken");
            }

            Assert.That(collector.Problems, Is.Empty);
            (_spans, _metrics) = (collector.Spans, collector.Metrics);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Endpoint, before);
        }

        _frames = [.. _spans.Where(span => span.Name == "frame")];
        _childrenOf = _spans.ToLookup(span => span.ParentSpanId);
    }

    [OneTimeTearDown]
    public void Delete_the_script() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Each_frame_is_a_trace_of_its_own_from_its_arrival_to_its_end()
    {
        Assert.That(_frames, Has.Count.EqualTo(2 * Frames));
        Assert.That(_frames.Select(frame => frame.TraceId), Is.Unique);
        Assert.That(_frames.Select(frame => frame.ParentSpanId), Is.All.Empty);
        Assert.That(_frames.Select(frame => frame.Service), Is.All.EqualTo("host"));
        foreach (var camera in _frames.GroupBy(frame => frame.Attributes["hardening.camera.name"]))
        {
            Assert.That(camera.Select(frame => frame.Attributes["hardening.frame.sequence"]), Is.EquivalentTo(Enumerable.Range(0, Frames)), $"{camera.Key}");
        }

        foreach (var frame in _frames)
        {
            var isRefused = Equals(frame.Attributes["hardening.frame.sequence"], (long)Refused);
            Assert.That(frame.Attributes["hardening.frame.outcome"], Is.EqualTo(isRefused ? "dropped" : "processed"), $"{frame}");
            Assert.That(frame.Status, Is.EqualTo(isRefused ? 2 : 0), $"{frame}");
            Assert.That(frame.Attributes.GetValueOrDefault("hardening.drop.reason"), Is.EqualTo(isRefused ? "sink_failed" : null), $"{frame}");
            Assert.That(frame.Attributes.GetValueOrDefault("hardening.drop.edge"), Is.EqualTo(isRefused ? "strict" : null), $"{frame}");
        }
    }

    [Test]
    public void Stages_and_sinks_lie_within_their_frame_and_come_one_after_another()
    {
        foreach (var frame in _frames)
        {
            var parts = _childrenOf[frame.SpanId].OrderBy(part => part.Start).ToList();
            Assert.That(parts.Select(part => part.Name), Is.EqualTo(new[] { "stage prepare", "stage inspect", "sink report", "sink strict" }), $"{frame}");
            foreach (var part in parts)
            {
                CheckWithin(part, frame);
                Assert.That(part.Kind, Is.EqualTo(1), "internal");
                Assert.That(part.Attributes["hardening.camera.name"], Is.EqualTo(frame.Attributes["hardening.camera.name"]));
            }

            Assert.That(parts.Zip(parts.Skip(1)).All(pair => pair.First.End <= pair.Second.Start), "one after another");
            Assert.That(parts.Take(2).Select(part => part.Attributes["hardening.frame.wait"]), Has.All.InstanceOf<double>().And.All.GreaterThanOrEqualTo(0.0));
            var isRefused = frame.Status == 2;
            Assert.That((parts[3].Status, parts[3].Attributes.GetValueOrDefault("error.type")), Is.EqualTo(isRefused ? (2, "System.InvalidOperationException") : (0, null)));
            Assert.That(parts[3].Events, Is.EqualTo(isRefused ? new[] { "exception" } : []));
        }
    }

    [Test]
    public void A_job_lies_within_its_stage_and_the_work_of_another_process_within_the_job()
    {
        foreach (var stage in _spans.Where(span => span.Name == "stage inspect"))
        {
            var job = _childrenOf[stage.SpanId].Single();
            Assert.That((job.Name, job.Kind, job.Service), Is.EqualTo(("job inspect", 3, "host")));
            Assert.That((job.Attributes["hardening.job.outcome"], job.Status), Is.EqualTo(("succeeded", 0)));
            Assert.That(job.Attributes["hardening.job.wait"], Is.InstanceOf<double>().And.GreaterThanOrEqualTo(0.0));
            CheckWithin(job, stage);
            var work = _childrenOf[job.SpanId].Single();
            Assert.That((work.Name, work.Kind, work.Service), Is.EqualTo(language == "dotnet" ? ("work inspect", 2, "worker") : ("inspect", 2, "inspect.py")));
            CheckWithin(work, job);
            if (language == "dotnet")
            {
                Assert.That(work.Attributes["hardening.worker.pid"], Is.EqualTo(job.Attributes["hardening.worker.pid"]).And.Not.EqualTo((long)Environment.ProcessId));
            }
        }

        Assert.That(_spans.Count(span => span.Name.StartsWith("job ", StringComparison.Ordinal)), Is.EqualTo(2 * Frames));
    }

    [Test]
    public void Nothing_is_sent_that_the_page_does_not_tell()
    {
        var told = Row().Matches(Generated).ToDictionary(row => row.Groups["name"].Value.Split(' ')[0], row => row.Groups["attributes"].Value);
        foreach (var span in _spans.Where(span => span.Scope == "Hardening.Runtime"))
        {
            Assert.That(told, Does.ContainKey(span.Name.Split(' ')[0]));
            Assert.That(span.Attributes.Keys.Where(key => !told[span.Name.Split(' ')[0]].Contains($"`{key}`", StringComparison.Ordinal)), Is.Empty, $"{span}");
        }
    }

    [Test]
    public void Metrics_arrive_with_their_names_and_units()
    {
        foreach (var metric in _metrics)
        {
            Assert.That(Generated, Does.Contain($"| {metric.Name} |").And.Contain($"| {metric.Unit} |"), metric.Name);
        }

        var processed = _metrics.Last(metric => metric.Name == "hardening.camera.frame.processed");
        Assert.That((processed.Scope, processed.Unit, processed.Kind), Is.EqualTo(("Hardening.Runtime", "{frame}", "sum")));
        Assert.That(processed.Points.Select(point => point.Value), Is.EqualTo(new[] { Frames - 1.0, Frames - 1.0 }));
        var duration = _metrics.Last(metric => metric.Name == "hardening.process.job.duration");
        Assert.That((duration.Unit, duration.Kind), Is.EqualTo(("s", "histogram")));
        Assert.That(duration.Points.Single().Value, Is.EqualTo(2.0 * Frames));
        Assert.That(duration.Points.Single().Attributes, Does.ContainKey("hardening.job.outcome").WithValue("succeeded"));
    }

    private static async Task RunAsync(WorkerCommand worker, Action stopped, CancellationToken timeout)
    {
        await using var pool = new ProcessPool("inspect", worker, new ProcessPoolOptions { Workers = 2, SpareWorkers = 0, StopGracePeriod = TimeSpan.FromSeconds(30) });
        await pool.StartAsync(timeout);
        var builder = new FramePipelineBuilder("line") { Options = WatchedLine.Patient() };
        var patient = LanePolicy.Block(4, TimeSpan.FromSeconds(60));
        foreach (var camera in new[] { "left", "right" })
        {
            builder.FromSynthetic(new SyntheticFrameSourceOptions { Name = camera, Width = 64, Height = 64, FrameRate = null, Frames = Frames });
        }

        builder
            .Stage("prepare", (in _, _) => { }, workers: 2, patient)
            .PoolStage("inspect", pool, (in _, request) => request.Write("""{"limit":16}"""u8), (in _, in _) => { }, stage => stage.Lane = patient)
            .To("report", (in _, _) => { })
            .To("strict", (in frame, _) =>
            {
                if (frame.Info.Sequence == Refused)
                {
                    throw new InvalidOperationException("It does not like this one.");
                }
            });
        await using var pipeline = builder.Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        await pipeline.StopAsync(timeout);
        await pool.StopAsync(timeout); // with it the workers flush what they have
        stopped();
    }

    // The page shows it; what it shows is what runs.
    private string WriteScript()
    {
        var path = Path.Combine(_directory, "inspect_traced.py");
        File.WriteAllText(path, Python().Match(Page).Groups["script"].Value);
        return path;
    }

    private static void CheckWithin(OtlpSpan inner, OtlpSpan outer)
    {
        Assert.That(inner.TraceId, Is.EqualTo(outer.TraceId), $"{inner} in {outer}");
        Assert.That(inner.Start, Is.InRange(outer.Start, outer.End), $"{inner} in {outer}");
        Assert.That(inner.End, Is.InRange(inner.Start, outer.End), $"{inner} in {outer}");
    }

    private static void Host(ResourceBuilder resource) => resource.AddService("host");

    [GeneratedRegex(@"```python[^\n]*\n(?<script>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Python();

    [GeneratedRegex(@"^\| (?<name>[^|]+) \| (Internal|Client|Server) \|[^|]*\|[^|]*\| (?<attributes>[^|]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
