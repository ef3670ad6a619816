using System.Text.Json;

namespace Inspection.Tests.Processes;

/// <summary>A run in worker processes that is recorded, and its recordings inspected again: by threads, as fast as that goes, and by both servers as they came. One run of each for all of it.</summary>
[CancelAfter(600_000)]
public sealed class RecordingTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"inspection-recorded-{Guid.NewGuid():N}");
    private readonly List<InspectionProcess> _runs = [];
    private JsonElement _recorded;
    private JsonElement _fast;
    private JsonElement _legacy;
    private JsonElement _hardened;

    [OneTimeSetUp]
    public void Record_and_replay()
    {
        _recorded = Run("hardened", "--in-processes", "--workers", "2", "--seconds", "2", "--cameras", "3", "--size", "320x256", "--fps", "10", "--lane", "block:16", "--record", _folder)[0];
        _fast = Run("hardened", "--replay", _folder, "--pace", "fast")[0];
        var compared = Run("compare", "--replay", _folder);
        (_legacy, _hardened) = (compared[0], compared[1]);
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _runs.ForEach(run => run.Dispose());
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void Worker_processes_inspect_every_frame_and_find_what_is_there()
    {
        var pool = _recorded.GetProperty("pool");
        Assert.That(pool.GetProperty("addsUp").GetBoolean(), pool.GetRawText());
        Assert.That(Count(pool, "succeeded"), Is.EqualTo(Count(_recorded, "processed")).And.GreaterThan(0));
        Assert.That(Count(pool, "workers"), Is.EqualTo(2));
        Assert.That(Count(pool, "restarts"), Is.Zero);
        Assert.That(_recorded.GetProperty("childrenSeconds").GetDouble(), Is.GreaterThan(0), "their work is in their accounts");
        Assert.That(_runs[0].Output, Does.Contain("jobs of worker processes").And.Contain("worker processes"));
    }

    [Test]
    public void Every_frame_that_was_inspected_is_in_the_recordings()
    {
        var recording = _recorded.GetProperty("recording");
        Assert.That(recording.GetProperty("addsUp").GetBoolean(), recording.GetRawText());
        Assert.That(Count(recording, "frames"), Is.EqualTo(Count(_recorded, "processed")));
        Assert.That(Count(recording, "written"), Is.EqualTo(Count(recording, "frames")), recording.GetRawText());
        Assert.That(Count(recording, "files"), Is.EqualTo(Directory.GetFiles(_folder, "*.hfr").Length).And.EqualTo(3));
        Assert.That(_runs[0].Output, Does.Contain("frames recorded"));
    }

    [Test]
    public void As_fast_as_it_goes_none_is_lost_and_the_same_is_found()
    {
        Assert.That(Count(_fast, "due"), Is.EqualTo(Count(_recorded, "processed")));
        Assert.That(Count(_fast, "processed"), Is.EqualTo(Count(_fast, "due")), _fast.GetRawText());
        Assert.That(Count(_fast, "defects"), Is.EqualTo(Count(_recorded, "defects")).And.GreaterThan(0));
        Assert.That(_fast.GetProperty("pool").ValueKind, Is.EqualTo(JsonValueKind.Null), "threads do it here");
    }

    [Test]
    public void Both_servers_run_on_the_recordings_to_their_end()
    {
        foreach (var run in new[] { _legacy, _hardened })
        {
            var replay = run.GetProperty("replay");
            Assert.That(Count(run, "due"), Is.EqualTo(Count(_recorded, "processed")));
            Assert.That(Count(run, "received"), Is.EqualTo(Count(replay, "frames")).And.EqualTo(Count(run, "due") - Count(replay, "late")), "as with a camera");
            Assert.That(run.GetProperty("endedEarly").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [Test]
    public void No_run_gives_a_wrong_result_or_leaves_a_process()
    {
        foreach (var run in new[] { _recorded, _fast, _legacy, _hardened })
        {
            Assert.That(run.GetProperty("addsUp").GetBoolean());
            Assert.That(Count(run, "wrong"), Is.Zero);
            Assert.That(Count(run, "checked"), Is.EqualTo(Count(run, "processed")).And.GreaterThan(0), "the truth is known from the recordings too");
        }

        Assert.That(new[] { _recorded, _fast, _hardened }.Select(run => Count(run, "childrenLeft")), Is.All.Zero);
        _runs.ForEach(run => run.WaitForAllThatItStarted());
    }

    private static long Count(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private IReadOnlyList<JsonElement> Run(params string[] arguments)
    {
        var run = InspectionProcess.Start(arguments);
        _runs.Add(run);
        run.WaitForEnd();
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.ReadFigures();
    }
}
