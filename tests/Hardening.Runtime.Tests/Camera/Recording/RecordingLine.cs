using System.Diagnostics.Metrics;
using Hardening.Camera;
using Hardening.Camera.Recording;
using Hardening.Runtime.Tests.Processes;
using Microsoft.Win32.SafeHandles;

namespace Hardening.Runtime.Tests.Camera.Recording;

/// <summary>Recordings in a directory of their own, made by a sink and read by sources, on a clock that stands still.</summary>
internal sealed class RecordingLine : IDisposable
{
    private static readonly Meter Meter = new("test");

    private readonly Scratch _scratch = new();
    private readonly List<IDisposable> _owned = [];

    public string Directory => _scratch.Path;

    public ManualTimeProvider Time { get; } = new();

    public LogRecorder Log { get; } = new();

    public FramePool Pool { get; } = new(slots: 64, slotBytes: 65_536);

    public IReadOnlyList<string> Files => [.. RecordingFileName.In(Directory, camera: null).Select(file => file.Path)];

    public RecordingSinkOptions SinkOptions => new() { Directory = Directory, MinFreeBytes = 0 };

    public FrameSourceContext SourceContext => new(Time, Log.CreateLogger<FramePool>(), Meter);

    public RecordingSink Sink(RecordingSinkOptions? options = null, RecordingDisk? disk = null)
    {
        var sink = new RecordingSink(options ?? SinkOptions, disk ?? new RecordingDisk());
        sink.Open(new FrameSinkContext(Time, Log.CreateLogger<FramePool>(), Meter: null));
        _owned.Add(sink);
        return sink;
    }

    /// <summary>Hands a frame to the sink, and waits until it is written or dropped.</summary>
    public async Task RecordAsync(RecordingSink sink, long sequence, CancellationToken timeout, string camera = "left", int bytes = 64, FrameMetadata? metadata = null)
    {
        Give(sink, sequence, camera, bytes, metadata);
        await WrittenAsync(sink, timeout);
    }

    public static Task WrittenAsync(RecordingSink sink, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => sink.GetStatistics().All(camera => camera.Waiting == 0), "every frame is written or dropped", timeout);

    public void Give(RecordingSink sink, long sequence, string camera = "left", int bytes = 64, FrameMetadata? metadata = null)
    {
        Assert.That(Pool.TryRent("test", out var buffer), "the pool is empty");
        buffer.Bytes[..bytes].Fill((byte)sequence);
        using var lease = buffer.Publish(new FrameInfo
        {
            Camera = camera, Sequence = sequence, HostTimestamp = Time.GetTimestamp(), DeviceTimestamp = (ulong)sequence * 1000, DeviceClock = FrameClock.Ptp,
            Width = 8, Height = bytes / 8, Stride = 8, Length = bytes, PixelFormat = PixelFormat.Mono8, Metadata = metadata,
        });
        sink.Consume(new Frame(lease), CancellationToken.None);
    }

    /// <summary>Records these frames, 100 ms apart, and closes the file.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> RecordAsync(int frames, CancellationToken timeout, long first = 0, string camera = "left", Func<long, FrameMetadata?>? metadata = null)
    {
        var before = Files;
        using var sink = Sink();
        for (var i = 0; i < frames; i++)
        {
            await RecordAsync(sink, first + i, timeout, camera, metadata: metadata?.Invoke(first + i));
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        sink.Dispose();
        return Files.Except(before).Single();
    }

    public RecordingFrameSource Start(Action<RecordingFrameSourceOptions>? configure = null)
    {
        var options = new RecordingFrameSourceOptions { Path = Directory, Name = "replay", Pace = RecordingPace.AsFastAsPossible };
        configure?.Invoke(options);
        var source = new RecordingFrameSource(options);
        _owned.Add(source);
        source.Open(SourceContext, CancellationToken.None);
        source.Start(Pool);
        return source;
    }

    /// <summary>What the source has now.</summary>
    public static List<FrameInfo> ReadAll(RecordingFrameSource source)
    {
        var frames = new List<FrameInfo>();
        for (var read = source.Read(TimeSpan.Zero, default); read.Status == FrameReadStatus.Frame; read = source.Read(TimeSpan.Zero, default))
        {
            using (read.Lease)
            {
                frames.Add(read.Info);
                if (read.Info.Status == FrameStatus.Complete)
                {
                    Assert.That(read.Lease.Pixels.ToArray(), Is.All.EqualTo((byte)(read.Info.DeviceTimestamp / 1000)));
                }
            }
        }

        return frames;
    }

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        Assert.That(Pool.Rented, Is.Zero, Pool.DescribeHolders());
        Pool.Dispose();
        _scratch.Dispose();
    }
}

/// <summary>A disk that does what a test says.</summary>
internal sealed class ScriptedDisk : RecordingDisk
{
    private int _flushes;

    /// <summary>Every write fails as on a full disk.</summary>
    public volatile bool IsFull;

    /// <summary>What is free.</summary>
    public long Free { get; set; } = long.MaxValue;

    /// <summary>Nothing is opened before it is set.</summary>
    public ManualResetEventSlim Answers { get; } = new(true);

    /// <summary>Set while somebody waits for it to answer.</summary>
    public ManualResetEventSlim IsAsked { get; } = new();

    public int Flushes => Volatile.Read(ref _flushes);

    public override SafeFileHandle Create(string path)
    {
        IsAsked.Set();
        Assert.That(Answers.Wait(TimeSpan.FromSeconds(60)));
        return IsFull ? File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite) : base.Create(path);
    }

    public override long FreeBytes(DriveInfo drive) => Free;

    public override void Flush(SafeFileHandle file)
    {
        Interlocked.Increment(ref _flushes);
        base.Flush(file);
    }
}
