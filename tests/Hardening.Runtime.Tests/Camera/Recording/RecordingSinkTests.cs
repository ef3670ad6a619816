using Hardening.Camera;
using Hardening.Camera.Recording;
using Hardening.Runtime.Tests.Processes;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera.Recording;

public sealed class RecordingSinkContractTests : FrameSinkContract, IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly List<RecordingSink> _sinks = [];

    [TearDown]
    public void DisposeSinks()
    {
        _sinks.ForEach(sink => sink.Dispose());
        _sinks.Clear();
    }

    public void Dispose() => _scratch.Dispose();

    protected override IFrameSink Create()
    {
        var sink = new RecordingSink(new RecordingSinkOptions { Directory = Path.Combine(_scratch.Path, Guid.NewGuid().ToString("N")), QueueFrames = 8, MinFreeBytes = 0 });
        _sinks.Add(sink);
        return sink;
    }
}

[Platform("Linux")]
public sealed class RecordingSinkTests
{
    [Test, CancelAfter(60_000)]
    public async Task What_it_writes_is_replayed_as_it_was(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var metadata = new FrameMetadata(["ChunkExposureTime", "ChunkGain", "ChunkCounter"]);
        await line.RecordAsync(3, timeout, first: 7, metadata: number =>
        {
            metadata.Clear();
            metadata.Set(0, 12.5 + number);
            metadata.Set(2, number);
            return number == 8 ? null : metadata;
        });
        var source = line.Start();
        for (var number = 7; number < 10; number++)
        {
            var read = source.Read(TimeSpan.Zero, timeout);
            using var lease = read.Lease;
            var info = read.Info;
            Assert.That(info with { HostTimestamp = 0, Metadata = null }, Is.EqualTo(new FrameInfo
            {
                Camera = "replay", Sequence = number, HostTimestamp = 0, DeviceTimestamp = (ulong)number * 1000, DeviceClock = FrameClock.Ptp,
                Width = 8, Height = 8, Stride = 8, Length = 64, PixelFormat = PixelFormat.Mono8,
            }));
            Assert.That(lease.Pixels.ToArray(), Is.All.EqualTo((byte)number));
            if (number == 8)
            {
                Assert.That(info.Metadata, Is.Null);
            }
            else
            {
                Assert.That(info.Metadata!.Names, Is.EqualTo(metadata.Names));
                Assert.That((info.Metadata.TryGetFloat("ChunkExposureTime", out var exposure), exposure), Is.EqualTo((true, 12.5 + number)));
                Assert.That((info.Metadata.TryGetInteger("ChunkCounter", out var counter), counter), Is.EqualTo((true, number)));
                Assert.That(info.Metadata.TryGetFloat("ChunkGain", out _), Is.False, "it was not sent with the frame");
            }
        }

        Assert.That(source.Read(TimeSpan.Zero, timeout).Status, Is.EqualTo(FrameReadStatus.EndOfStream));
    }

    [Test, CancelAfter(60_000)]
    public async Task Begins_another_file_when_one_is_full_and_deletes_the_oldest_of_its_camera_alone(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var foreign = await line.RecordAsync(1, timeout, camera: "left-2");
        var options = line.SinkOptions;
        (options.MaxFileBytes, options.MaxTotalBytes) = (1 << 20, 3 << 20);
        using var sink = line.Sink(options);
        for (var number = 0; number < 100; number++) // of 64 KiB: 15 a file
        {
            await line.RecordAsync(sink, number, timeout, bytes: 65_536);
        }

        sink.Dispose();
        var statistics = sink.GetStatistics().Single();
        Assert.That((statistics.Written, statistics.Dropped, statistics.Files, statistics.Errors), Is.EqualTo((100, 0, 7, 0)));
        var own = RecordingFileName.In(line.Directory, "left");
        Assert.That(own.Select(file => file.Name.Number), Is.EqualTo(new[] { 5, 6, 7 }));
        Assert.That(statistics.FilesDeleted, Is.EqualTo(4));
        Assert.That(own.Sum(file => new FileInfo(file.Path).Length), Is.LessThanOrEqualTo(3 << 20));
        Assert.That(own.Select(file => new FileInfo(file.Path).Length), Is.All.LessThanOrEqualTo(1 << 20));
        Assert.That(File.Exists(foreign), "that of another camera");
        Assert.That(RecordingLine.ReadAll(line.Start(source => source.Camera = "left")).Select(frame => frame.Sequence), Is.EqualTo(Enumerable.Range(60, 40)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Does_not_delete_a_file_that_is_being_replayed(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var replayed = await line.RecordAsync(2, timeout);
        var source = line.Start();
        source.Read(TimeSpan.Zero, timeout).Lease.Dispose();
        Assert.That(RecordingDisk.TryDelete(replayed), Is.False);
        source.Stop();
        Assert.That(RecordingDisk.TryDelete(replayed), Is.True);
        Assert.That(RecordingDisk.TryDelete(replayed), Is.True, "it is gone already");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_disk_that_does_not_answer_costs_frames_and_no_time(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var disk = new ScriptedDisk();
        disk.Answers.Reset();
        var options = line.SinkOptions;
        options.QueueFrames = 4;
        var sink = line.Sink(options, disk);
        line.Give(sink, 0);
        await Eventually.HoldsAsync(() => disk.IsAsked.IsSet, "the disk is asked", timeout);
        for (var number = 1; number < 10; number++)
        {
            line.Give(sink, number);
        }

        var statistics = sink.GetStatistics().Single();
        Assert.That((statistics.Consumed, statistics.Waiting, statistics.Written), Is.EqualTo((10, 5, 0)));
        Assert.That(statistics.Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.QueueFull, 5) }));
        Assert.That(line.Log.Records.Count(record => record.EventId == 4204), Is.EqualTo(1), "the log has one line, whatever is lost");
        disk.Answers.Set();
        await RecordingLine.WrittenAsync(sink, timeout);
        Assert.That(sink.GetStatistics().Single().Written, Is.EqualTo(5));
    }

    [Test, CancelAfter(60_000)]
    public async Task Goes_on_in_another_file_when_a_full_disk_has_room_again(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var disk = new ScriptedDisk { IsFull = true };
        var sink = line.Sink(disk: disk);
        await line.RecordAsync(sink, 0, timeout);
        await line.RecordAsync(sink, 1, timeout);
        disk.IsFull = false;
        await line.RecordAsync(sink, 2, timeout);
        Assert.That(sink.GetStatistics().Single().Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.DiskFull, 3) }), "it does not ask the disk again before its time");
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 3, timeout);
        sink.Dispose();
        Assert.That((sink.GetStatistics().Single().Written, sink.GetStatistics().Single().Errors > 0), Is.EqualTo((1, true)));
        Assert.That(line.Log.Records.Select(record => record.EventId), Does.Contain(4201).And.Contain(4207));
        Assert.That(RecordingLine.ReadAll(line.Start()).Select(frame => frame.Sequence), Is.EqualTo(new[] { 3 }));
    }

    [Test, CancelAfter(60_000)]
    public async Task All_that_it_says_it_wrote_is_on_a_disk_that_ran_full(CancellationToken timeout)
    {
        using var disk = new SmallDisk(bytes: 1 << 20);
        using var line = new RecordingLine();
        var options = line.SinkOptions;
        options.Directory = disk.FullName;
        var sink = line.Sink(options);
        for (var number = 0; sink.GetStatistics().Sum(camera => camera.Dropped) == 0; number++)
        {
            await line.RecordAsync(sink, number, timeout, bytes: 32 << 10);
        }

        var full = sink.GetStatistics().Single();
        Assert.That(full.Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.DiskFull, 1) }));
        Assert.That(full.Written, Is.GreaterThan(10));
        sink.Dispose();
        var frames = RecordingLine.ReadAll(line.Start(source => source.Path = disk.FullName));
        Assert.That(frames.Select(frame => frame.Sequence), Is.EqualTo(Enumerable.Range(0, (int)full.Written)));
        Assert.That(frames.Select(frame => frame.Status), Is.All.EqualTo(FrameStatus.Complete));
    }

    [Test, CancelAfter(60_000)]
    public async Task Leaves_free_what_it_is_told_to(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var disk = new ScriptedDisk { Free = 999 };
        var options = line.SinkOptions;
        options.MinFreeBytes = 1000;
        var sink = line.Sink(options, disk);
        await line.RecordAsync(sink, 0, timeout);
        Assert.That(line.Log.Records.Single(record => record.EventId == 4202).Message, Does.Contain("999").And.Contain("1000"));
        disk.Free = 1000;
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 1, timeout);
        disk.Free = 0;
        await line.RecordAsync(sink, 2, timeout); // asked once a second
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 3, timeout);
        var statistics = sink.GetStatistics().Single();
        Assert.That((statistics.Written, statistics.Errors), Is.EqualTo((2, 0)));
        Assert.That(statistics.Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.DiskFull, 2) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Records_once_its_directory_can_be_made(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var options = line.SinkOptions;
        options.Directory = Path.Combine(line.Directory, "later");
        await File.WriteAllTextAsync(options.Directory, "in the way", timeout);
        var sink = line.Sink(options);
        await line.RecordAsync(sink, 0, timeout);
        Assert.That(sink.GetStatistics().Single().Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.WriteFailed, 1) }));
        File.Delete(options.Directory);
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 1, timeout);
        Assert.That(sink.GetStatistics().Single().Written, Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task Notices_that_its_file_was_deleted(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var sink = line.Sink();
        await line.RecordAsync(sink, 0, timeout);
        File.Delete(line.Files.Single());
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 1, timeout);
        line.Time.Advance(TimeSpan.FromSeconds(1));
        await line.RecordAsync(sink, 2, timeout);
        sink.Dispose();
        Assert.That((sink.GetStatistics().Single().Written, sink.GetStatistics().Single().Errors), Is.EqualTo((2, 1)));
        Assert.That(RecordingLine.ReadAll(line.Start()).Select(frame => frame.Sequence), Is.EqualTo(new[] { 2 }));
    }

    [Test, CancelAfter(60_000)]
    public void Stops_within_its_limit_though_the_disk_hangs_and_gives_back_what_it_held_when_it_answers(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var disk = new ScriptedDisk();
        disk.Answers.Reset();
        var options = line.SinkOptions;
        options.StopTimeout = TimeSpan.FromMilliseconds(20);
        var sink = line.Sink(options, disk);
        for (var number = 0; number < 4; number++)
        {
            line.Give(sink, number);
        }

        Assert.That(disk.IsAsked.Wait(TimeSpan.FromSeconds(30), timeout));
        sink.Dispose();
        line.Give(sink, 4);
        var statistics = sink.GetStatistics().Single();
        Assert.That((statistics.Consumed, statistics.Waiting), Is.EqualTo((5, 1)));
        Assert.That(statistics.Drops, Is.EqualTo(new[] { new RecordingDrops(RecordingDropReason.Stopping, 4) }));
        Assert.That(line.Log.Records.Select(record => record.EventId), Does.Contain(4205).And.Contain(4206));
        Assert.That(line.Pool.Rented, Is.EqualTo(1));
        disk.Answers.Set();
        sink.Dispose();
        Assert.That(SpinWait.SpinUntil(() => line.Pool.Rented == 0, TimeSpan.FromSeconds(30)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Makes_the_disk_keep_what_was_written_as_often_as_it_is_told(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        var disk = new ScriptedDisk();
        var options = line.SinkOptions;
        options.FlushEvery = TimeSpan.FromSeconds(5);
        var sink = line.Sink(options, disk);
        await line.RecordAsync(sink, 0, timeout);
        Assert.That(disk.Flushes, Is.Zero);
        line.Time.Advance(TimeSpan.FromSeconds(5));
        await Eventually.HoldsAsync(() => disk.Flushes == 1, "it flushes though no frame comes", timeout);
        sink.Dispose();
        Assert.That(disk.Flushes, Is.EqualTo(2), "and when the file is closed");
    }

    [Test, CancelAfter(60_000)]
    public async Task Tells_its_counts_as_metrics_of_the_pipeline(CancellationToken timeout)
    {
        using var line = new RecordingLine();
        using var metrics = new MetricRecorder("recorded");
        await using var pipeline = new FramePipelineBuilder("recorded")
            .FromSynthetic(new SyntheticFrameSourceOptions { Name = "left", Width = 64, Height = 64, FrameRate = null, Frames = 50 })
            .ToRecording(new RecordingSinkOptions { Directory = line.Directory, MinFreeBytes = 0, QueueFrames = 64 })
            .WithSinkLane(LanePolicy.Block(4, TimeSpan.FromSeconds(30)))
            .Build();
        await pipeline.StartAsync(timeout);
        await pipeline.Completion.WaitAsync(timeout);
        var written = metrics.Collect().Single(record => record.Name == "hardening.camera.recording.written");
        Assert.That((written.Value, written.Tags["hardening.camera.name"], written.Tags["hardening.sink.name"]), Is.EqualTo((50, "left", "recording")));
        Assert.That(metrics.Collect().Last(record => record.Name == "hardening.camera.recording.bytes").Value, Is.EqualTo(50 * (80 + 4096)));

        await using var replay = new FramePipelineBuilder("replayed")
            .FromRecording(new RecordingFrameSourceOptions { Path = line.Directory, Name = "again", Pace = RecordingPace.AsFastAsPossible })
            .To("none", (in _, _) => { })
            .WithSinkLane(LanePolicy.Block(4, TimeSpan.FromSeconds(30)))
            .Build();
        await replay.StartAsync(timeout);
        await replay.Completion.WaitAsync(timeout);
        var camera = replay.GetStatistics().Cameras.Single();
        Assert.That((camera.State, camera.Received, camera.Processed, camera.Lost), Is.EqualTo((CameraState.Ended, 50, 50, 0)));
    }

    [Test]
    public void Allocates_nothing_per_frame()
    {
        using var line = new RecordingLine();
        using var lease = TestFrames.Publish(line.Pool);
        var metadata = new FrameMetadata(["ChunkExposureTime", "ChunkCounter"]);
        var info = lease.Info with { Metadata = metadata };
        var path = Path.Combine(line.Directory, "one.hfr");
        using var file = new RecordingFileWriter(new RecordingDisk().Create(path), path, 0, 1, 1, info, new RecordingScratch());
        Append(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Append(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, "on the writer's thread");

        var disk = new ScriptedDisk();
        disk.Answers.Reset();
        var options = line.SinkOptions;
        options.QueueFrames = 20;
        using var sink = line.Sink(options, disk);
        Consume(4);
        before = GC.GetAllocatedBytesForCurrentThread();
        Consume(15);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, "on the pipeline's");
        Consume(10);
        before = GC.GetAllocatedBytesForCurrentThread();
        Consume(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, "when there is no place");
        disk.Answers.Set();

        void Append(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                metadata.Set(0, 1.5);
                metadata.Set(1, i);
                file.Append(info, lease.Pixels, i);
            }
        }

        void Consume(int frames)
        {
            for (var i = 0; i < frames; i++)
            {
                sink.Consume(new Frame(lease), CancellationToken.None);
            }
        }
    }

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var options = new RecordingSinkOptions
        {
            Name = " ", QueueFrames = 0, MaxFileBytes = 1, MaxTotalBytes = 1, MinFreeBytes = -1, FlushEvery = TimeSpan.Zero, RetryAfter = TimeSpan.Zero, StopTimeout = TimeSpan.FromDays(1),
        };
        var thrown = Assert.Throws<OptionsValidationException>(() => new RecordingSink(options));
        Assert.That(thrown!.Failures.Count(), Is.EqualTo(9));
    }

    [TestCase("left", "left-20260131T235958Z-000012.hfr")]
    [TestCase("a/b c", "a%2Fb%20c-20260131T235958Z-000012.hfr")]
    [TestCase("..", "%2E.-20260131T235958Z-000012.hfr")]
    [TestCase("links-1", "links-1-20260131T235958Z-000012.hfr")]
    [TestCase("Kamera ä", "Kamera%20%C3%A4-20260131T235958Z-000012.hfr")]
    public void Every_camera_has_file_names_of_its_own(string camera, string file)
    {
        var name = new RecordingFileName(camera, new DateTime(2026, 1, 31, 23, 59, 58, DateTimeKind.Utc), 12);
        Assert.That(name.ToString(), Is.EqualTo(file));
        Assert.That((RecordingFileName.TryParse(file, out var parsed), parsed), Is.EqualTo((true, name)));
    }

    [TestCase("left.hfr")]
    [TestCase("left-20260131T235958Z-.hfr")]
    [TestCase("left-20261331T235958Z-1.hfr")]
    [TestCase("left-20260131T235958Z-000012.hfr.old")]
    public void Other_files_are_not_its_own(string file) => Assert.That(RecordingFileName.TryParse(file, out _), Is.False);
}
