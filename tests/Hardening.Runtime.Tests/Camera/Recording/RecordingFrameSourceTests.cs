using Hardening.Camera;
using Hardening.Camera.Recording;
using Hardening.Runtime.Tests.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera.Recording;

public sealed class RecordingFrameSourceContractTests : FrameSourceContract, IDisposable
{
    private readonly Scratch _scratch = new();
    private string _path = "";

    [OneTimeSetUp]
    public void Record()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        using var lease = TestFrames.Publish(pool);
        _path = Path.Combine(_scratch.Path, "long.hfr");
        using var file = new RecordingFileWriter(new RecordingDisk().Create(_path), _path, 0, 1, 1, lease.Info, new RecordingScratch());
        for (var number = 0; number < 20_000; number++)
        {
            file.Append(lease.Info with { Sequence = number }, lease.Pixels, number * 5_000_000L);
        }

        file.Finish();
    }

    public void Dispose() => _scratch.Dispose();

    protected override IFrameSource Create() => new RecordingFrameSource(new RecordingFrameSourceOptions { Path = _path, Repeat = true });
}

[Platform("Linux")]
public sealed class RecordingFrameSourceTests
{
    [Test, CancelAfter(60_000)]
    public async Task Gives_frames_with_the_distances_that_they_were_recorded_with(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        await line.RecordAsync(3, timeout);
        var start = line.Time.GetTimestamp();
        var source = line.Start(options => options.Pace = RecordingPace.AsRecorded);
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.HostTimestamp - start), Is.EqualTo(new[] { 0 }));
        line.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.That(RecordingLine.ReadAll(source), Is.Empty);
        line.Time.Advance(TimeSpan.FromMilliseconds(2));
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.HostTimestamp - start), Is.EqualTo(new[] { TimeSpan.TicksPerMillisecond * 100 }));
        line.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.Sequence), Is.EqualTo(new[] { 2 }));
        Assert.That(source.Read(TimeSpan.Zero, timeout).Status, Is.EqualTo(FrameReadStatus.EndOfStream));
    }

    [Test, CancelAfter(60_000)]
    public async Task Keeps_the_newest_frames_for_a_late_reader_and_loses_the_others_with_a_gap(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        await line.RecordAsync(20, timeout);
        var source = line.Start(options => options.Pace = RecordingPace.AsRecorded);
        line.Time.Advance(TimeSpan.FromMilliseconds(950)); // frames 0 to 9 are due
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.Sequence), Is.EqualTo(new[] { 7, 8, 9 }));
        Assert.That(source.GetStatistics().Late, Is.EqualTo(7));
    }

    [Test, CancelAfter(60_000)]
    public async Task Shortens_a_long_pause(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        using (var sink = line.Sink())
        {
            await line.RecordAsync(sink, 0, timeout);
            line.Time.Advance(TimeSpan.FromHours(1));
            await line.RecordAsync(sink, 1, timeout);
        }

        var source = line.Start(options => (options.Pace, options.MaxPause) = (RecordingPace.AsRecorded, TimeSpan.FromSeconds(2)));
        Assert.That(RecordingLine.ReadAll(source), Has.Count.EqualTo(1));
        line.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(RecordingLine.ReadAll(source), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task Begins_anew_with_numbers_that_go_on_when_it_repeats(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        await line.RecordAsync(3, timeout, first: 10);
        var source = line.Start(options => (options.Pace, options.Repeat) = (RecordingPace.AsRecorded, true));
        var numbers = new List<(long, double)>();
        var start = line.Time.GetTimestamp();
        for (var i = 0; i < 8; i++)
        {
            numbers.AddRange(RecordingLine.ReadAll(source).Select(frame => (frame.Sequence, line.Time.GetElapsedTime(start, frame.HostTimestamp).TotalMilliseconds)));
            line.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.That(numbers, Is.EqualTo(Enumerable.Range(0, 8).Select(i => (10L + i, 100.0 * i))));
    }

    [Test, CancelAfter(60_000)]
    public async Task Replays_the_files_of_one_camera_in_the_order_in_which_they_were_made(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        for (var first = 0; first < 40; first += 10)
        {
            await line.RecordAsync(10, timeout, first);
        }

        await File.WriteAllTextAsync(Path.Combine(line.Directory, "left-20200101T000000Z-1.hfr"), "not a recording", timeout);
        var source = line.Start();
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.Sequence), Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(source.GetStatistics().UnreadableFiles, Is.EqualTo(1));
        Assert.That(line.Log.Records.Single(record => record.EventId == 4250).Exception!.Message, Does.Contain("20200101").And.Contain("byte"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Begins_with_the_first_frame_each_time_that_it_is_opened(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        await line.RecordAsync(3, timeout);
        var source = line.Start();
        source.Read(TimeSpan.Zero, timeout).Lease.Dispose();
        source.Stop();
        source.Open(line.SourceContext, timeout);
        source.Start(line.Pool);
        Assert.That(RecordingLine.ReadAll(source).Select(frame => frame.Sequence), Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(source.GetStatistics().Frames, Is.EqualTo(4));
    }

    [Test, CancelAfter(60_000)]
    public async Task Tells_its_format_and_rate_and_is_never_taken_for_silent(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var path = await line.RecordAsync(11, timeout);
        using var source = new RecordingFrameSource(new RecordingFrameSourceOptions { Path = path });
        var format = source.Open(line.SourceContext, timeout);
        Assert.That(format with { FrameRate = null }, Is.EqualTo(new FrameFormat(8, 8, PixelFormat.Mono8, 64, null, IsTriggered: true)));
        Assert.That(format.FrameRate, Is.EqualTo(10).Within(1e-6));
    }

    [Test, CancelAfter(60_000)]
    public async Task Says_what_it_cannot_open(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        Assert.That(() => line.Start(), Throws.TypeOf<FrameSourceException>().With.Message.Contains(line.Directory));
        Assert.That(() => line.Start(options => options.Path = "/nowhere"), Throws.TypeOf<FrameSourceException>().With.Message.Contains("/nowhere"));
        await line.RecordAsync(1, timeout);
        await line.RecordAsync(1, timeout, camera: "right");
        Assert.That(() => line.Start(), Throws.TypeOf<FrameSourceException>().With.Message.Contains("left, right"));
        Assert.That(() => line.Start(options => options.Camera = "top"), Throws.TypeOf<FrameSourceException>().With.Message.Contains("'top'"));
        var text = Path.Combine(line.Directory, "text.hfr");
        await File.WriteAllTextAsync(text, new string('x', 100), timeout);
        Assert.That(() => line.Start(options => options.Path = text), Throws.TypeOf<FrameSourceException>().With.Message.Contains(text).And.Message.Contains("byte 0"));
        Assert.That(RecordingLine.ReadAll(line.Start(options => options.Camera = "right")), Has.Count.EqualTo(1));
    }

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var options = new RecordingFrameSourceOptions { Path = " ", Name = " ", Camera = "", Pace = (RecordingPace)9, MaxPause = TimeSpan.FromDays(2), DriverQueue = 0 };
        Assert.That(Assert.Throws<OptionsValidationException>(() => new RecordingFrameSource(options))!.Failures.Count(), Is.EqualTo(6));
    }
}
