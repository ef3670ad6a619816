using System.Buffers;
using System.Collections.Concurrent;
using Hardening.Camera;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hardening.Pool.Tests.Camera;

/// <summary>A pipeline and the pool that it works with in one host: the pool is there before the first frame and after the last.</summary>
[CancelAfter(90_000)]
public sealed class PoolStageHostingTests
{
    private static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll");

    [TestCase(true, false, TestName = "{m}(the pool is added first)")]
    [TestCase(false, false, TestName = "{m}(the pipeline is added first)")]
    [TestCase(false, true, TestName = "{m}(services start and stop at once)")]
    public async Task The_pool_is_ready_before_the_first_frame_and_stops_after_the_last(bool poolFirst, bool concurrently, CancellationToken timeout)
    {
        var source = new ScriptedFrameSource("hosted");
        var answers = new ConcurrentQueue<long>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.Configure<HostOptions>(options => (options.ServicesStartConcurrently, options.ServicesStopConcurrently, options.ShutdownTimeout) = (concurrently, concurrently, TimeSpan.FromSeconds(60)));
        Action[] adds = [AddPool, AddPipeline];
        Array.ForEach(poolFirst ? adds : [.. adds.Reverse()], add => add());
        using var host = builder.Build();
        source.Send(4); // they come at once
        await host.StartAsync(timeout);
        await Eventually.HoldsAsync(() => Only(host).Received == 4, "the frames have come", timeout);
        await host.StopAsync(timeout);
        Assert.That(answers, Is.EqualTo(new long[] { 0, 1, 2, 3 }), "what was in flight was still worked on");
        Assert.That(Only(host), Has.Property("Processed").EqualTo(4).And.Property("Dropped").Zero);
        Assert.That(host.Services.GetRequiredKeyedService<ProcessPool>("workers").Statistics, Has.Property("Succeeded").EqualTo(4).And.Property("Rejected").Zero);
        Assert.That(Leftovers.Workers(), Is.Empty);

        void AddPool() => builder.Services.AddProcessPool("workers", pool => pool.UseExecutable(WorkerPath, "pool-worker").Configure(options => (options.Workers, options.SpareWorkers) = (2, 0)));

        void AddPipeline() => builder.Services.AddFramePipeline("line", (provider, pipeline) =>
        {
            pipeline.Options.DrainTimeout = TimeSpan.FromSeconds(60);
            pipeline.From(source).PoolStage(
                "work", provider.GetRequiredKeyedService<ProcessPool>("workers"), (in _, request) => request.Write("sleep 0.2"u8),
                (in frame, in _) => answers.Enqueue(frame.Info.Sequence), stage => stage.Lane = LanePolicy.DropNewest(4));
        });
    }

    private static CameraStatistics Only(IHost host) => host.Services.GetRequiredKeyedService<FramePipeline>("line").GetStatistics().Cameras.Single();
}
