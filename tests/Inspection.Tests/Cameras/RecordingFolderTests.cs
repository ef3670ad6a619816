using Hardening.Camera;
using Hardening.Camera.Recording;
using Inspection.Cameras;
using Inspection.CommandLine;

namespace Inspection.Tests.Cameras;

/// <summary>What is said of a directory before anything runs.</summary>
[CancelAfter(60_000)]
public sealed class RecordingFolderTests
{
    private string _folder = null!;

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("inspection-recordings-").FullName;

    [TearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Its_cameras_are_found_with_what_they_showed(CancellationToken timeout)
    {
        await RecordAsync("camera-10", 64, 80, PixelFormat.Mono8, timeout);
        await RecordAsync("camera-9", 96, 64, PixelFormat.Mono8, timeout);
        SceneSettings.Write([new SceneSettings("camera-9", 7, 96, 64)], _folder);
        Assert.That(RecordingFolder.TryOpen(_folder, TimeProvider.System, out var cameras, out var problem), problem);
        Assert.That(cameras!.Select(camera => (camera.Name, camera.Width, camera.Height, camera.Scene?.Seed)), Is.EqualTo(new[] { ("camera-9", 96, 64, (int?)7), ("camera-10", 64, 80, null) }));
    }

    [Test]
    public void One_that_is_not_there_is_refused() => Refuses(Path.Combine(_folder, "none"), "there is no directory");

    [Test]
    public void A_file_in_its_place_is_refused()
    {
        var file = Path.Combine(_folder, "one.hfr");
        File.WriteAllText(file, "");
        Refuses(file, "there is no directory");
    }

    [Test]
    public void One_without_recordings_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "");
        Refuses(_folder, "has none (*.hfr)", "hardened --record");
    }

    [Test]
    public void One_whose_only_recording_is_none_is_refused()
    {
        File.WriteAllText(Path.Combine(_folder, "left-20260131T235959Z-000001.hfr"), "not a recording");
        Refuses(_folder, "no frame for camera 'left'");
    }

    [Test]
    public async Task Another_pixel_format_is_refused_also_in_a_later_file(CancellationToken timeout)
    {
        await RecordAsync("left", 64, 64, PixelFormat.Mono8, timeout);
        await RecordAsync("left", 64, 64, PixelFormat.Mono16, timeout);
        Refuses(_folder, "Mono16", "allowed is Mono8");
    }

    [Test]
    public async Task Frames_that_are_too_large_are_refused(CancellationToken timeout)
    {
        await RecordAsync("left", 4160, 64, PixelFormat.Mono8, timeout);
        Refuses(_folder, "4160x64", "64 to 4096");
    }

    [TestCase("nothing", "scenes.json", "cannot be read")]
    [TestCase("[{\"camera\": \"left\"}]", "scenes.json", "cannot be read")]
    [TestCase("[{\"camera\": \"left\", \"seed\": 1, \"width\": 128, \"height\": 64}]", "scenes.json", "128x64")]
    [CancelAfter(60_000)]
    public async Task Scenes_of_something_else_are_refused(string scenes, string what, string why, CancellationToken timeout = default)
    {
        await RecordAsync("left", 64, 64, PixelFormat.Mono8, timeout);
        await File.WriteAllTextAsync(Path.Combine(_folder, SceneSettings.FileName), scenes, timeout);
        Refuses(_folder, what, why);
    }

    [Test]
    public void A_new_one_is_made_for_a_run_and_a_used_one_refused()
    {
        var folder = Path.Combine(_folder, "a", "b");
        Assert.That(new InspectionCommand().TryParse(["hardened", "--cameras", "2", "--size", "96x64"], out var options, out _));
        Assert.That(RecordingFolder.Prepare(options!, folder), Is.Null);
        Assert.That(SceneSettings.Read(folder), Is.EqualTo(new[] { new SceneSettings("camera-1", 1, 96, 64), new SceneSettings("camera-2", 2, 96, 64) }));
        Assert.That(RecordingFolder.Prepare(options!, folder), Is.Null, "as after a run that found no camera");
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "");
        Assert.That(RecordingFolder.Prepare(options!, folder), Does.Contain("mixed"));
        Assert.That(RecordingFolder.Prepare(options!, Path.Combine(folder, SceneSettings.FileName)), Does.Contain("is a file"));
        Assert.That(RecordingFolder.Prepare(options!, Path.Combine(folder, SceneSettings.FileName, "c")), Is.Not.Null, "below a file");
    }

    private static void Refuses(string folder, params string[] words)
    {
        Assert.That(RecordingFolder.TryOpen(folder, TimeProvider.System, out _, out var problem), Is.False);
        Assert.That(problem, Does.Not.Contain('\n'));
        foreach (var word in words)
        {
            Assert.That(problem, Does.Contain(word));
        }
    }

    private async Task RecordAsync(string camera, int width, int height, PixelFormat format, CancellationToken timeout)
    {
        var source = new SyntheticFrameSourceOptions { Name = camera, Width = width, Height = height, PixelFormat = format, FrameRate = null, Frames = 3 };
        var recording = new RecordingSink(new RecordingSinkOptions { Directory = _folder, MinFreeBytes = 0 });
        await using var pipeline = new FramePipelineBuilder("recording").FromSynthetic(source).To(recording).WithSinkLane(LanePolicy.Block(4, TimeSpan.FromMinutes(1))).Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        await pipeline.StopAsync(timeout);
        Assert.That(recording.GetStatistics().Single().Written, Is.EqualTo(3));
    }
}
