using System.Net;
using System.Net.Sockets;
using Hardening.Testing.Telemetry;

namespace Inspection.Tests.Processes;

/// <summary>The program, as a collector sees it.</summary>
public sealed class OtlpTests
{
    private static readonly string[] Small = ["hardened", "--in-processes", "--cameras", "2", "--workers", "2", "--size", "320x256", "--fps", "10"];

    [Test]
    public async Task It_sends_frames_stages_jobs_and_the_work_of_its_worker_processes_and_its_metrics()
    {
        await using var collector = OtlpCollector.Start();
        using var process = InspectionProcess.Start([.. Small, "--seconds", "3", "--otlp", collector.Endpoint.ToString()]);
        await Task.Run(process.WaitForEnd);
        Assert.That(process.ExitCode, Is.Zero, process.Error);
        process.WaitForAllThatItStarted();
        Assert.That(collector.Problems, Is.Empty);

        var spans = collector.Spans;
        var frames = spans.Where(span => span.Name == "frame").ToList();
        var run = process.ReadFigures().Single();
        Assert.That(frames.Select(frame => frame.Service), Is.All.EqualTo("inspection"));
        Assert.That(frames, Has.Count.EqualTo(run.GetProperty("cameras").EnumerateArray().Sum(camera => camera.GetProperty("received").GetInt64())), "every frame, processed or dropped");
        Assert.That(frames.Select(frame => frame.SpanId), Is.Unique);

        var byId = spans.ToDictionary(span => span.SpanId);
        var work = spans.Where(span => span.Service == "inspection-worker").ToList();
        Assert.That(work, Is.Not.Empty);
        foreach (var span in work)
        {
            var job = byId[span.ParentSpanId];
            var stage = byId[job.ParentSpanId];
            var frame = byId[stage.ParentSpanId];
            Assert.That((stage.Name, frame.Name), Is.EqualTo(("stage inspect", "frame")));
            Assert.That(job.Name, Does.StartWith("job inspection-"));
            Assert.That(new[] { job.TraceId, stage.TraceId, frame.TraceId }, Is.All.EqualTo(span.TraceId));
        }

        var metrics = collector.Metrics.Select(metric => (metric.Name, metric.Unit)).ToHashSet();
        Assert.That(metrics, Does.Contain(("hardening.camera.frame.processed", "{frame}")).And.Contain(("hardening.process.job.duration", "s")).And.Contain(("hardening.process.worker.active", "{worker}")));
    }

    [Test]
    public void A_collector_that_is_not_there_is_said_in_one_line()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // nobody listens there, nor can
        var endpoint = $"http://{taken.LocalEndPoint}/";
        using var process = InspectionProcess.Run([.. Small, "--otlp", endpoint]);
        Assert.That(process.ExitCode, Is.EqualTo(2));
        Assert.That(process.Error.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1), process.Error);
        Assert.That(process.Error, Does.StartWith($"inspection: no collector answers at {endpoint}: Connection refused").And.Contain("leave --otlp out"));
    }
}
