namespace Hardening.Runtime.Aravis.Tests;

/// <summary>The features of a living camera, by name.</summary>
public sealed class AravisFeaturesTests
{
    private SimulatedFeatures? _features;
    private SimulatorFarm? _farm;
    private OpenCamera? _camera;

    [OneTimeSetUp]
    public void OpenCamera()
    {
        SimulatorFarm.RequireSimulator();
        _features = SimulatedFeatures.Write();
        _farm = SimulatorFarm.Start(description: _features.Path);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        _camera = Open(Options(), limit.Token);
    }

    [OneTimeTearDown]
    public void CloseCamera()
    {
        _camera?.Dispose();
        _farm?.Dispose();
        _features?.Dispose();
    }

    private AravisFeatures Features => _camera!.Source.Features;

    [SetUp]
    public void ReopenCamera()
    {
        try
        {
            Features.GetInteger("Gain");
        }
        catch (FrameSourceException)
        {
            _camera!.Dispose(); // the machine stood still for longer than the camera's heartbeat
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            _camera = Open(Options(), limit.Token);
        }
    }

    [Test, CancelAfter(60_000)]
    public void Sets_and_reads_values_of_every_type()
    {
        Features.SetInteger("Gain", 4);
        Assert.That(Features.GetInteger("Gain"), Is.EqualTo(4));
        Assert.That(Features.SetFloat("Gamma", 1.5), Is.EqualTo(1.5));
        Assert.That(Features.GetFloat("Gamma"), Is.EqualTo(1.5));
        Features.SetBoolean("LutEnable", true);
        Assert.That(Features.GetBoolean("LutEnable"), Is.True);
        Features.SetString("UserText", "left");
        Assert.That(Features.GetString("UserText"), Is.EqualTo("left"));
        Features.SetEnumeration("TriggerActivation", "FallingEdge");
        Assert.That(Features.GetEnumeration("TriggerActivation"), Is.EqualTo("FallingEdge"));
        Features.Execute("UserSetLoad");
        Assert.That(Features.GetInteger("UserSetLoadOfTest"), Is.EqualTo(7), "the command arrived");
    }

    [TestCase("Gain", "0x6", "6")]
    [TestCase("Gamma", "0.5", "0.5")]
    [TestCase("LutEnable", "1", "true")]
    [TestCase("UserText", "a b=c", "a b=c")]
    [TestCase("TriggerActivation", "RisingEdge", "RisingEdge")]
    [CancelAfter(60_000)]
    public void Sets_values_from_text(string name, string text, string value)
    {
        Features.Set(name, text);
        Assert.That(Features.Get(name), Is.EqualTo(value));
    }

    [TestCase("Gain", "12", "Gain cannot be 12: it allows 0 to 10 in steps of 2")]
    [TestCase("Gain", "3", "Gain cannot be 3: it allows 0 to 10 in steps of 2")]
    [TestCase("Gain", "much", "Gain cannot be 'much': it takes a whole number")]
    [TestCase("Gamma", "9", "Gamma cannot be 9: it allows 0.25 to 4")]
    [TestCase("Gamma", "NaN", "Gamma cannot be NaN: it allows 0.25 to 4")]
    [TestCase("LutEnable", "maybe", "LutEnable cannot be 'maybe': it takes true or false")]
    [TestCase("UserText", "much too long a text", "it has 20 bytes, and 16 are allowed")]
    [TestCase("PixelFormat", "Mono12", "PixelFormat cannot be 'Mono12': it offers ")]
    [TestCase("Temperature", "20", "Temperature cannot be set: it can only be read")]
    [TestCase("PtpStatus", "Slave", "PtpStatus cannot be set: it can only be read")]
    [TestCase("Gains", "2", "it has no feature 'Gains'; similar: Gain")]
    [TestCase("lutenable", "true", "it has no feature 'lutenable'; similar: LutEnable")]
    [TestCase("ExposureTime", "2", "it has no feature 'ExposureTime'; similar: ChunkExposureTime")]
    [TestCase("Xyzzy", "2", "it has no feature 'Xyzzy'.")]
    [CancelAfter(60_000)]
    public void Says_what_the_camera_allows_instead(string name, string value, string message)
    {
        var thrown = Assert.Throws<FrameSourceException>(() => Features.Set(name, value))!;
        Assert.That(thrown.Message, Does.Contain(message).And.Contain("Camera 'camera' at 127."));
        Assert.That(thrown.SourceName, Is.EqualTo("camera"));
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_a_type_is_another_one()
    {
        Assert.That(Refusal(() => Features.SetInteger("Gamma", 1)), Does.Contain("Gamma is of type Float, so it cannot be set as Integer"));
        Assert.That(Refusal(() => Features.GetString("Gain")), Does.Contain("Gain is of type Integer, so it cannot be read as String"));
        Assert.That(Refusal(() => Features.Execute("Gain")), Does.Contain("Gain is of type Integer, so it cannot be executed as Command"));
        Assert.That(Refusal(() => Features.Get("UserSetLoad")), Does.Contain("UserSetLoad is of type Command, which has no value to read"));
    }

    [Test, CancelAfter(60_000)]
    public void Says_that_a_feature_is_locked_or_not_offered_now()
    {
        Features.SetInteger("Lockable", 1);
        Features.SetInteger("Lock", 1);
        Assert.That(Refusal(() => Features.SetInteger("Lockable", 2)), Does.Contain("Lockable cannot be set now: the camera has locked it"));
        Assert.That((Features.GetInteger("Lockable"), Features.Describe("Lockable").IsLocked), Is.EqualTo((1, true)));
        Features.SetInteger("Lock", 0);
        Features.SetInteger("Lockable", 2);

        Assert.That(Features.IsAvailable("Offerable"), Is.False);
        Assert.That(Refusal(() => Features.SetInteger("Offerable", 2)), Does.Contain("Offerable is not available: the camera does not offer it with its present settings"));
        Assert.That(Refusal(() => Features.GetInteger("Offerable")), Does.Contain("Offerable is not available"));
        Features.SetInteger("Offer", 1);
        Assert.That(Features.IsAvailable("Offerable"), Is.True);
        Features.SetInteger("Offerable", 2);
        Features.SetInteger("Offer", 0);
        Assert.That(Features.IsAvailable("Nothing"), Is.False);
    }

    [Test, CancelAfter(60_000)]
    public void Describes_what_there_is()
    {
        Features.SetInteger("Gain", 8);
        Features.SetInteger("TemperatureOfTest", 31);
        Assert.That(Features.Describe("Gain"), Is.EqualTo(new AravisFeature
        {
            Name = "Gain",
            Type = AravisFeatureType.Integer,
            Access = AravisFeatureAccess.ReadWrite,
            IsAvailable = true,
            Value = "8",
            Unit = "dB",
            Description = "How much the signal is amplified.",
            IntegerRange = new AravisIntegerRange(0, 10, 2),
        }));
        var gamma = Features.Describe("Gamma");
        Assert.That((gamma.Type, gamma.FloatRange), Is.EqualTo((AravisFeatureType.Float, new AravisFloatRange(0.25, 4, null))));
        var format = Features.Describe("PixelFormat");
        Assert.That((format.Type, format.Value), Is.EqualTo((AravisFeatureType.Enumeration, "Mono8")));
        Assert.That(format.Entries, Is.EquivalentTo(["Mono8", "RGB8"]));
        var temperature = Features.Describe("Temperature");
        Assert.That((temperature.Access, temperature.Value, temperature.Unit), Is.EqualTo((AravisFeatureAccess.ReadOnly, "31", "C")));
        var command = Features.Describe("UserSetLoad");
        Assert.That((command.Type, command.Access, command.Value), Is.EqualTo((AravisFeatureType.Command, AravisFeatureAccess.WriteOnly, (string?)null)));
        var hidden = Features.Describe("Offerable");
        Assert.That((hidden.IsAvailable, hidden.Value, hidden.IntegerRange), Is.EqualTo((false, (string?)null, (AravisIntegerRange?)null)));

        var names = Features.List();
        Assert.That(names, Is.Unique.And.Contains("Width").And.Contains("Gain").And.Contains("UserSetLoad").And.Not.Contains("All").And.Not.Contains("GainReg"));
        Assert.That(names.Select(name => Features.Describe(name).Name), Is.EqualTo(names), "each can be described");
    }

    [Test, CancelAfter(60_000)]
    public async Task Any_thread_may_ask_while_the_camera_streams(CancellationToken timeout)
    {
        var options = Options();
        options.FrameRate = 200;
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        options.Address = farm.Cameras[0].Address.ToString();
        using var camera = new OpenCamera(options, timeout);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var asked = 0;
        string[] names = ["Gain", "Gamma", "UserText", "PixelFormat"];
        var threads = names.Select(name => Task.Factory.StartNew(
            () =>
            {
                var features = camera.Source.Features;
                var isFirst = true;
                while (!enough.IsCancellationRequested)
                {
                    var value = name switch { "Gain" => isFirst ? "2" : "8", "Gamma" => isFirst ? "0.5" : "3.25", "UserText" => isFirst ? "one" : "two", _ => "Mono8" };
                    features.Set(name, value);
                    Assert.That(features.Get(name), Is.EqualTo(value));
                    Assert.That(features.Describe(name).Value, Is.EqualTo(value));
                    isFirst = !isFirst;
                    Interlocked.Increment(ref asked);
                }
            },
            timeout, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        long previous = 0;
        var (frames, wrong) = (0, 0);
        camera.Read(
            lease =>
            {
                var info = lease.Info;
                wrong += info.Sequence <= previous || (info.Status == FrameStatus.Complete && !SimulatedImage.Matches(lease)) ? 1 : 0;
                previous = info.Sequence;
                frames++;
                return (frames >= 300 && Volatile.Read(ref asked) >= 200) || threads.Any(thread => thread.IsCompleted);
            },
            timeout);
        await enough.CancelAsync();
        await Task.WhenAll(threads);
        TestContext.Out.WriteLine($"{frames} frames, {asked} rounds of features");
        Assert.That(wrong, Is.Zero);
    }

    [Test, CancelAfter(60_000)]
    public async Task Threads_that_ask_while_it_is_closed_and_opened_get_an_answer_or_a_refusal(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        var options = Options();
        options.Address = farm.Cameras[0].Address.ToString();
        var source = new AravisFrameSource(options);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        Assert.That(Refusal(() => source.Features.GetInteger("Gain")), Does.Contain("Camera 'camera' is not open, so nobody can read Gain"));
        var (answers, refusals) = (0, 0);
        var threads = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    try
                    {
                        source.Features.Set("Gain", "4");
                        Interlocked.Increment(ref answers);
                    }
                    catch (FrameSourceException e) when (e.Message.Contains("is not open", StringComparison.Ordinal))
                    {
                        Interlocked.Increment(ref refusals);
                    }
                }
            },
            timeout, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        using var camera = new OpenCamera(source, timeout);
        for (var i = 0; i < 8; i++)
        {
            var before = Volatile.Read(ref answers);
            if (i > 0)
            {
                camera.Source.Stop();
                camera.Reopen(timeout);
            }

            camera.Read(2, _ => { }, timeout);
            await Eventually.HoldsAsync(() => Volatile.Read(ref answers) > before, "the camera is asked", timeout);
        }

        camera.Dispose();
        await Eventually.HoldsAsync(() => Volatile.Read(ref refusals) > 0, "the closed camera is asked", timeout);
        await enough.CancelAsync();
        await Task.WhenAll(threads);
        TestContext.Out.WriteLine($"{answers} answers, {refusals} refusals");
    }

    [Test, CancelAfter(60_000)]
    public void Options_set_features_in_their_order_at_every_opening(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        var options = Options();
        options.Address = farm.Cameras[0].Address.ToString();
        options.Features = ["Offer=1", "Offerable = 3", "Gain=2", "Gain=6", "UserSetLoad", "UserText=a=b"];
        for (var i = 0; i < 2; i++)
        {
            using var camera = new OpenCamera(options, timeout);
            var features = camera.Source.Features;
            Assert.That((features.Get("Offerable"), features.Get("Gain"), features.Get("UserText"), features.Get("UserSetLoadOfTest")), Is.EqualTo(("3", "6", "a=b", "7")));
            features.SetInteger("Offer", 0);
            features.SetInteger("Gain", 0);
        }

        options.Features = ["Gain=3"];
        Assert.That(Refusal(() => new OpenCamera(options, timeout).Dispose()), Does.Contain("Gain cannot be 3: it allows 0 to 10 in steps of 2"));
        options.Features = ["Gain"];
        Assert.That(Refusal(() => new OpenCamera(options, timeout).Dispose()), Does.Contain("Gain is of type Integer, so it cannot be executed"));
        options.Features = ["GevSCPSPacketSize=16000"];
        using var large = new OpenCamera(options, timeout); // lo carries 65,536
        large.Read(1, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public void What_the_camera_itself_refuses_is_told_in_its_words(CancellationToken timeout)
    {
        using var farm = GvFarm.Start();
        using var camera = new OpenCamera(farm.Options(0), timeout);
        var thrown = Assert.Throws<FrameSourceException>(() => camera.Source.Features.SetInteger("WriteProtected", 3))!;
        Assert.That(thrown.Message, Does.Contain("it refuses to set WriteProtected to 3, or does not answer (").And.Contain("write"));
        Assert.That(thrown.DeviceStatus, Is.Not.Null);
        Assert.That(camera.Source.Features.SetFloat("ExposureTime", 1234), Is.EqualTo(1230), "it counts lines of 10 us");
        Assert.That(Refusal(() => camera.Source.Features.SetFloat("ExposureTime", 77)), Does.Contain("ExposureTime was set to 77 and is 80: it allows 10 to 1000000"));
        Assert.That(camera.Source.Features.List().Select(name => camera.Source.Features.Describe(name).Name), Is.EqualTo(camera.Source.Features.List()));
        camera.Read(2, _ => { }, timeout);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_camera_that_does_not_answer_is_told_as_such_and_closes_in_time_while_it_is_asked(CancellationToken timeout)
    {
        using var farm = SimulatorFarm.Start(description: _features!.Path);
        var options = Options();
        options.Address = farm.Cameras[0].Address.ToString();
        using var camera = new OpenCamera(options, timeout);
        camera.Read(2, _ => { }, timeout);
        farm.Cameras[0].Freeze();
        Assert.That(Refusal(() => camera.Source.Features.GetInteger("Gain")), Does.Contain("it refuses to read Gain, or does not answer (").And.Contain("timeout"));

        var asking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Task.Factory.StartNew(
            () =>
            {
                asking.SetResult();
                return Refusal(() => camera.Source.Features.GetInteger("Gain"));
            },
            timeout, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await asking.Task.WaitAsync(timeout);
        var begin = TimeProvider.System.GetTimestamp();
        camera.Source.Stop();
        camera.Dispose();
        Assert.That(TimeProvider.System.GetElapsedTime(begin), Is.LessThan(TimeSpan.FromSeconds(30)), "half a second each, and a busy machine");
        Assert.That(await asked, Does.Contain("Gain"));
        farm.Cameras[0].Thaw();
    }

    private AravisFrameSourceOptions Options() => new()
    {
        Name = "camera",
        Address = _farm!.Cameras[0].Address.ToString(),
        PixelFormat = PixelFormat.Mono8,
        Width = 320,
        Height = 240,
        FrameRate = 50,
    };

    private static OpenCamera Open(AravisFrameSourceOptions options, CancellationToken timeout) => new(options, timeout);

    private static string Refusal(Action ask) => Assert.Throws<FrameSourceException>(ask)!.Message;
}
