using System.Diagnostics;
using System.Text.Json;
using Hardening.Camera;
using Hardening.Processes;

namespace Hardening.Runtime.Tests.Camera.Recording;

/// <summary>A reader in another language, written from docs/runtime/recordings.md alone: what it can read, the page is enough for.</summary>
[Platform("Linux")]
public sealed class RecordingPageTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_reader_in_Python_reads_what_ours_wrote(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var metadata = new FrameMetadata(["ChunkExposureTime", "ChunkGain", "Zähler"]);
        var path = await line.RecordAsync(3, timeout, first: 5, camera: "links ü", metadata: number =>
        {
            metadata.Clear();
            metadata.Set(0, 0.5 * number);
            metadata.Set(2, -number);
            return metadata;
        });
        var recording = await ReadAsync(path);
        Assert.That(recording.GetProperty("camera").GetString(), Is.EqualTo("links ü"));
        Assert.That((Integer(recording, "width"), Integer(recording, "height"), Integer(recording, "format"), Integer(recording, "number")), Is.EqualTo((8, 8, 0x01080001, 1)));
        Assert.That((Integer(recording, "clock"), Integer(recording, "largest"), Integer(recording, "skipped")), Is.EqualTo((10_000_000, 64, 0)));
        Assert.That(recording.GetProperty("closed").GetBoolean());
        Assert.That(recording.GetProperty("index").EnumerateArray().Select(entry => (entry[1].GetInt64(), entry[2].GetInt64())), Is.EqualTo(new[] { (5L, 0L), (6L, 100_000_000L), (7L, 200_000_000L) }));
        Assert.That(Integer(recording, "start") / 100, Is.EqualTo(TimeSpan.TicksPerDay), "the test's clock began then");
        var frames = recording.GetProperty("frames").EnumerateArray().ToList();
        Assert.That(frames, Has.Count.EqualTo(3));
        for (var i = 0; i < 3; i++)
        {
            var (frame, number) = (frames[i], 5 + i);
            Assert.That((Integer(frame, "record"), Integer(frame, "sequence"), Integer(frame, "host"), Integer(frame, "device")), Is.EqualTo((i, number, i * 100_000_000L, number * 1000)));
            Assert.That((Integer(frame, "width"), Integer(frame, "height"), Integer(frame, "stride"), Integer(frame, "format")), Is.EqualTo((8, 8, 8, 0x01080001)));
            Assert.That((Integer(frame, "status"), Integer(frame, "clock"), frame.GetProperty("damaged").GetBoolean()), Is.EqualTo((0, 2, false)));
            Assert.That((Integer(frame, "first"), Integer(frame, "sum")), Is.EqualTo((number, 64 * number)));
            Assert.That(frame.GetProperty("metadata").GetRawText(), Is.EqualTo($$"""{"ChunkExposureTime": {{(0.5 * number).ToString("0.0", null)}}, "Z\u00e4hler": {{-number}}}"""));
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task It_reads_a_damaged_recording_likewise(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var path = await line.RecordAsync(4, timeout);
        var bytes = await File.ReadAllBytesAsync(path, timeout);
        var first = 64 + "left".Length;
        bytes[first + 100] ^= 1;           // pixels of frame 0
        bytes[first + (2 * 144) + 60] ^= 1; // header of frame 2
        await File.WriteAllBytesAsync(path, bytes.AsMemory(0, first + (4 * 144) - 1), timeout); // and frame 3 is cut off
        var recording = await ReadAsync(path);
        Assert.That(recording.GetProperty("closed").GetBoolean(), Is.False);
        Assert.That(recording.GetProperty("frames").EnumerateArray().Select(frame => (Integer(frame, "sequence"), frame.GetProperty("damaged").GetBoolean())), Is.EqualTo(new[] { (0L, true), (1L, false) }));
    }

    private static long Integer(JsonElement element, string name) => element.GetProperty(name).GetInt64();

    private static async Task<JsonElement> ReadAsync(string path)
    {
        var script = Path.Combine(Baseline.RepositoryRoot, "tests", "Hardening.Runtime.Tests", "Camera", "Recording", "read_recording.py");
        var result = await SupervisedProcess.RunAsync(new ProcessStartInfo(PythonInterpreters.Require("python3"), [script, path]));
        Assert.That(result.Exit.ExitCode, Is.Zero, result.StandardError);
        return JsonDocument.Parse(result.StandardOutput).RootElement;
    }
}
