namespace Hardening.Runtime.Aravis.Tests;

/// <summary>When a camera takes pictures.</summary>
public sealed class AravisTriggerTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_frame_comes_for_every_software_trigger_and_in_their_order(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using var camera = new OpenCamera(Options(farm, AravisTrigger.Software), timeout);
        Assert.That((camera.Format.IsTriggered, camera.Format.FrameRate), Is.EqualTo((true, (double?)null)));
        Assert.That(camera.Source.Read(TimeSpan.FromMilliseconds(300), timeout).Status, Is.EqualTo(FrameReadStatus.Timeout), "no trigger, no frame");
        long first = 0;
        const int Triggers = 50;
        for (var i = 0; i < Triggers; i++)
        {
            await Task.Run(camera.Source.Trigger, timeout); // from any thread
            camera.Read(
                lease =>
                {
                    first = first == 0 ? lease.Info.Sequence : first;
                    Assert.That(lease.Info.Sequence, Is.EqualTo(first + i));
                    Assert.That(lease.Info.Status, Is.EqualTo(FrameStatus.Complete));
                    return true;
                },
                timeout);
        }

        Assert.That(camera.Source.Read(TimeSpan.FromMilliseconds(300), timeout).Status, Is.EqualTo(FrameReadStatus.Timeout), "no more frames than triggers");
    }

    [Test, CancelAfter(60_000)]
    public void A_trigger_is_refused_where_it_would_be_lost(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using (var source = new AravisFrameSource(Options(farm, AravisTrigger.Software)))
        {
            Assert.That(Refusal(source), Does.Contain("is not open, so nobody can trigger it"));
            using var meter = new System.Diagnostics.Metrics.Meter("Hardening.Runtime");
            using var log = new LogRecorder();
            source.Open(new FrameSourceContext(TimeProvider.System, log.CreateLogger("camera"), meter), timeout);
            Assert.That(Refusal(source), Does.Contain("it cannot be triggered: it does not stream. Start it first"));
        }

        using (var free = new OpenCamera(Options(farm, AravisTrigger.FreeRun), timeout))
        {
            Assert.That(free.Format.IsTriggered, Is.False);
            Assert.That(Refusal(free.Source), Does.Contain("it runs freely. Set Trigger to Software"));
            free.Read(2, _ => { }, timeout);
        }

        var options = Options(farm, AravisTrigger.Line);
        (options.TriggerLine, options.TriggerActivation) = ("Line0", "RisingEdge");
        using var line = new OpenCamera(options, timeout);
        Assert.That(line.Format.IsTriggered, Is.True);
        Assert.That(Refusal(line.Source), Does.Contain("it waits for Line0. Set Trigger to Software"));
        Assert.That(line.Source.Read(TimeSpan.FromMilliseconds(300), timeout).Status, Is.EqualTo(FrameReadStatus.Timeout), "nobody moves the line");

        static string Refusal(AravisFrameSource source) => Assert.Throws<FrameSourceException>(source.Trigger)!.Message;
    }

    [Test, CancelAfter(60_000)]
    public void A_camera_that_was_left_triggered_is_known_as_such(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        using (new OpenCamera(Options(farm, AravisTrigger.Software), timeout))
        {
        }

        var options = Options(farm, trigger: null);
        options.FrameRate = null; // setting one ends triggers
        using (var camera = new OpenCamera(options, timeout))
        {
            Assert.That(camera.Format.IsTriggered, Is.True);
            camera.Source.Trigger();
            camera.Read(1, _ => { }, timeout);
        }

        using var free = new OpenCamera(Options(farm, AravisTrigger.FreeRun), timeout);
        free.Read(2, _ => { }, timeout);
    }

    [TestCase("TriggerLine", "Line7", "TriggerSource cannot be 'Line7': it offers ")]
    [TestCase("TriggerActivation", "AnyEdge", "TriggerActivation cannot be 'AnyEdge': it offers ")]
    [CancelAfter(60_000)]
    public void Says_what_the_camera_can_be_triggered_by(string option, string value, string message, CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var options = Options(farm, AravisTrigger.Line);
        options.TriggerLine = "Line0";
        typeof(AravisFrameSourceOptions).GetProperty(option)!.SetValue(options, value);
        Assert.That(Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message, Does.Contain(message));
        options = Options(farm, AravisTrigger.Software);
        options.TriggerDelay = TimeSpan.FromMicroseconds(10);
        Assert.That(Assert.Throws<FrameSourceException>(() => new OpenCamera(options, timeout).Dispose())!.Message, Does.Contain("its triggers cannot be delayed: it has no TriggerDelay"));
    }

    [Test, CancelAfter(60_000)]
    public void Sets_the_line_its_edge_and_the_delay(CancellationToken timeout)
    {
        SimulatorFarm.RequireSimulator();
        using var features = SimulatedFeatures.Write();
        using var farm = SimulatorFarm.Start(description: features.Path);
        var options = Options(farm, AravisTrigger.Line);
        (options.TriggerLine, options.TriggerActivation, options.TriggerDelay) = ("Line1", "FallingEdge", TimeSpan.FromMicroseconds(250));
        using var camera = new OpenCamera(options, timeout);
        var live = camera.Source.Features;
        Assert.That(
            (live.Get("TriggerMode"), live.Get("TriggerSource"), live.Get("TriggerActivation"), live.GetFloat("TriggerDelay")),
            Is.EqualTo(("On", "Line1", "FallingEdge", 250.0)));
    }

    [Test, CancelAfter(60_000)]
    public void A_frame_comes_for_every_edge_of_the_line(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        var options = farm.Options(0);
        (options.Trigger, options.TriggerLine, options.TriggerActivation) = (AravisTrigger.Line, "Line1", "FallingEdge");
        using var camera = new OpenCamera(options, timeout);
        Assert.That(camera.Format.IsTriggered, Is.True);
        long previous = 0;
        for (var i = 0; i < 20; i++)
        {
            farm.Cameras[0].FireLine();
            camera.Read(
                lease =>
                {
                    Assert.That(lease.Info.Sequence, Is.EqualTo(previous + 1));
                    previous = lease.Info.Sequence;
                    return true;
                },
                timeout);
        }

        Assert.That(camera.Source.Read(TimeSpan.FromMilliseconds(300), timeout).Status, Is.EqualTo(FrameReadStatus.Timeout), "no more frames than edges");
        Assert.That(farm.Cameras[0].SentFrames, Is.EqualTo(20));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_pipeline_does_not_take_the_silence_of_a_triggered_camera_for_an_outage(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start();
        var source = new AravisFrameSource(Options(farm, AravisTrigger.Software));
        await using var pipeline = new FramePipelineBuilder("test") { Options = new FramePipelineOptions { SilentAfter = TimeSpan.FromMilliseconds(200) } }
            .From(source).To("sink", (in _, _) => { }).Build();
        await pipeline.StartAsync(timeout);
        for (var i = 1; i <= 3; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(400), timeout); // longer than SilentAfter
            source.Trigger();
            await Eventually.HoldsAsync(() => pipeline.GetStatistics().Cameras[0].Received == i, $"frame {i} came", timeout);
        }

        var camera = pipeline.GetStatistics().Cameras[0];
        Assert.That((camera.Outages, camera.State), Is.EqualTo((0L, CameraState.Streaming)));
    }

    private static AravisFrameSourceOptions Options(SimulatorFarm farm, AravisTrigger? trigger) => new()
    {
        Name = "camera",
        Address = farm.Cameras[0].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 64,
        Height = 64,
        FrameRate = 200,
        Trigger = trigger,
    };
}
