using Hardening.Camera;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera;

public sealed class FramePipelineHostingTests
{
    [Test, CancelAfter(60_000)]
    public async Task Starts_and_stops_with_the_host_and_is_found_by_its_name(CancellationToken timeout)
    {
        var source = new ScriptedFrameSource();
        var seen = 0;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddStallWatchdog();
        builder.Services.AddFramePipeline("line", pipeline => pipeline.From(source).To("count", (in _, _) => Interlocked.Increment(ref seen)));
        using var host = builder.Build();
        await host.StartAsync(timeout);
        source.Send(3);
        await Eventually.HoldsAsync(() => Volatile.Read(ref seen) == 3, "the frames are processed", timeout);
        await host.StopAsync(timeout);
        Assert.That(source.IsDisposed);
        var pipeline = host.Services.GetRequiredKeyedService<FramePipeline>("line");
        Assert.That(pipeline.GetStatistics().Cameras.Single(), Has.Property("Processed").EqualTo(3).And.Property("State").EqualTo(CameraState.Ended));
    }

    [Test]
    public void Takes_its_limits_from_its_own_section_of_the_configuration()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Hardening:FramePipeline:one:SilentAfter"] = "00:00:09" });
        FramePipelineOptions? one = null, two = null;
        builder.Services.AddFramePipeline("one", pipeline => one = pipeline.From(new ScriptedFrameSource()).To("none", (in _, _) => { }).Options);
        builder.Services.AddFramePipeline("two", pipeline => two = pipeline.From(new ScriptedFrameSource()).To("none", (in _, _) => { }).Options);
        using var host = builder.Build();
        _ = host.Services.GetRequiredKeyedService<FramePipeline>("one");
        _ = host.Services.GetRequiredKeyedService<FramePipeline>("two");
        Assert.That((one!.SilentAfter, two!.SilentAfter), Is.EqualTo((TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(2))));
    }

    [Test]
    public void A_bad_configuration_stops_the_host_at_its_start_with_every_error()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Hardening:FramePipeline:line:SilentAfter"] = "0", ["Hardening:FramePipeline:line:MaxPoolBytes"] = "7" });
        builder.Services.AddFramePipeline("line", pipeline => pipeline.From(new ScriptedFrameSource()).To("none", (in _, _) => { }));
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("SilentAfter").And.Message.Contains("MaxPoolBytes"));
    }

    [Test]
    public void A_missing_camera_stops_the_host_at_its_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddFramePipeline("line", pipeline => pipeline
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = "left", Faults = new SyntheticFaults { MissingAtStart = true } }).To("none", (in _, _) => { }));
        using var host = builder.Build();
        Assert.That(() => host.StartAsync(), Throws.TypeOf<FrameSourceException>().With.Message.Contains("'left'"));
    }

    [Test]
    public void A_name_is_used_once()
    {
        var services = new ServiceCollection().AddFramePipeline("line", _ => { });
        Assert.That(() => services.AddFramePipeline("line", _ => { }), Throws.ArgumentException.With.Message.Contains("'line'"));
    }
}
