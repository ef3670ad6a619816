using Hardening.Camera;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera;

public sealed class SyntheticFrameSourceTests : FrameSourceContract
{
    private static readonly System.Diagnostics.Metrics.Meter Meter = new("test");

    private readonly ManualTimeProvider _time = new();

    protected override IFrameSource Create() => new SyntheticFrameSource(Small(frameRate: 200));

    [Test]
    public void Shows_the_defects_that_its_scene_tells_and_no_others([Values] bool color)
    {
        var options = Small(frameRate: null);
        options.PixelFormat = color ? PixelFormat.RGB8 : PixelFormat.Mono8;
        var (source, pool) = Begin(options);
        var defects = new SyntheticDefect[64];
        for (var i = 0; i < 100; i++)
        {
            using var lease = source.Read(TimeSpan.Zero, default).Lease;
            var expected = new bool[options.Width * options.Height];
            var count = source.Scene.GetDefects(lease.Info.Sequence, defects);
            Assert.That(count, Is.EqualTo(source.Scene.CountDefects(lease.Info.Sequence)));
            foreach (var defect in defects[..count])
            {
                for (var y = defect.Y; y < defect.Y + defect.Height; y++)
                {
                    expected.AsSpan((y * options.Width) + defect.X, defect.Width).Fill(true);
                }
            }

            var bytes = color ? 3 : 1;
            var actual = new bool[expected.Length];
            for (var p = 0; p < actual.Length; p++)
            {
                actual[p] = lease.Pixels[p * bytes] > SyntheticScene.MaxBackgroundLevel;
            }

            Assert.That(actual.AsSpan().SequenceEqual(expected), $"frame {i}");
        }

        End(source, pool);
    }

    [Test]
    public void The_same_seed_gives_the_same_frames_and_another_seed_others()
    {
        Assert.That(FirstFrames(seed: 7), Is.EqualTo(FirstFrames(seed: 7)));
        Assert.That(FirstFrames(seed: 7), Is.Not.EqualTo(FirstFrames(seed: 8)));

        byte[] FirstFrames(int seed)
        {
            var options = Small(frameRate: null);
            options.Seed = seed;
            var (source, pool) = Begin(options);
            var pixels = new List<byte>();
            for (var i = 0; i < 3; i++)
            {
                using var lease = source.Read(TimeSpan.Zero, default).Lease;
                pixels.AddRange(lease.Pixels);
            }

            End(source, pool);
            return [.. pixels];
        }
    }

    [Test]
    public void Gives_each_frame_when_it_is_due()
    {
        var (source, pool) = Begin(Small(frameRate: 10));
        var start = _time.GetTimestamp();
        for (var frame = 0; frame < 5; frame++)
        {
            using var lease = source.Read(TimeSpan.Zero, default).Lease;
            Assert.That(lease.Info.Sequence, Is.EqualTo(frame));
            Assert.That(_time.GetElapsedTime(start, lease.Info.HostTimestamp), Is.EqualTo(TimeSpan.FromMilliseconds(100 * frame)));
            Assert.That(source.Read(TimeSpan.Zero, default).Status, Is.EqualTo(FrameReadStatus.Timeout), "not due yet");
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        End(source, pool);
    }

    [Test, CancelAfter(60_000)]
    public async Task Waits_for_the_frame_that_is_to_come(CancellationToken timeout)
    {
        var (source, pool) = Begin(Small(frameRate: 10));
        source.Read(TimeSpan.Zero, default).Lease.Dispose();
        var read = Task.Run(() => source.Read(TimeSpan.FromSeconds(1), timeout), timeout);
        await Eventually.HoldsAsync(() => _time.WaitingTimers > 0, "the reader waits", timeout);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        var lease = (await read).Lease;
        Assert.That(lease.Info.Sequence, Is.EqualTo(1));
        lease.Dispose();
        End(source, pool);
    }

    [Test]
    public void Keeps_the_newest_frames_for_a_late_reader_and_loses_the_others_with_a_gap()
    {
        var options = Small(frameRate: 10);
        options.DriverQueue = 3;
        var (source, pool) = Begin(options);
        _time.Advance(TimeSpan.FromMilliseconds(950)); // frames 0 to 9 were taken
        Assert.That(ReadAll(source).Select(f => f.Sequence), Is.EqualTo(new long[] { 7, 8, 9 }));
        End(source, pool);
    }

    [Test]
    public void Loses_and_damages_the_share_of_frames_that_it_is_told_to()
    {
        var options = Small(frameRate: null);
        options.Frames = 20_000;
        options.Faults = new SyntheticFaults { Loss = 0.1, Corruption = 0.2 };
        var (source, pool) = Begin(options);
        var frames = ReadAll(source);
        Assert.That(frames, Has.Count.InRange(17_700, 18_300));
        Assert.That(frames.Count(f => f.Status == FrameStatus.Incomplete), Is.InRange(3_300, 3_900));
        Assert.That(source.Read(TimeSpan.Zero, default).Status, Is.EqualTo(FrameReadStatus.EndOfStream));
        End(source, pool);
    }

    [Test]
    public void Comes_early_or_late_by_its_jitter_but_in_order()
    {
        var options = Small(frameRate: 10);
        options.Faults = new SyntheticFaults { Jitter = 0.4 };
        var (source, pool) = Begin(options);
        var start = _time.GetTimestamp();
        var offsets = new List<double>();
        while (offsets.Count < 50)
        {
            var read = source.Read(TimeSpan.Zero, default);
            if (read.Status == FrameReadStatus.Frame)
            {
                offsets.Add(_time.GetElapsedTime(start, read.Info.HostTimestamp).TotalMilliseconds - (100 * read.Info.Sequence));
                read.Lease.Dispose();
            }
            else
            {
                _time.Advance(TimeSpan.FromMilliseconds(5));
            }
        }

        Assert.That(offsets, Is.All.InRange(-40.1, 40.1));
        Assert.That(offsets.Max() - offsets.Min(), Is.GreaterThan(30));
        End(source, pool);
    }

    [Test]
    public void Stalls_for_as_long_as_it_is_told_without_a_gap()
    {
        var options = Small(frameRate: 10);
        options.Faults = new SyntheticFaults { StallBefore = 2, StallFor = TimeSpan.FromSeconds(1) };
        var (source, pool) = Begin(options);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(ReadAll(source).Select(f => f.Sequence), Is.EqualTo(new long[] { 0, 1 }));
        _time.Advance(TimeSpan.FromMilliseconds(1050));
        Assert.That(ReadAll(source), Is.Empty);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(ReadAll(source).Select(f => f.Sequence), Is.EqualTo(new long[] { 2 }));
        End(source, pool);
    }

    [Test]
    public void Is_gone_from_the_frame_that_it_is_told()
    {
        var options = Small(frameRate: null);
        options.Faults = new SyntheticFaults { DisconnectBefore = 2 };
        var (source, pool) = Begin(options);
        source.Read(TimeSpan.Zero, default).Lease.Dispose();
        source.Read(TimeSpan.Zero, default).Lease.Dispose();
        Assert.That(() => source.Read(TimeSpan.Zero, default), Throws.TypeOf<FrameSourceException>().With.Property("SourceName").EqualTo("small"));
        Assert.That(() => source.Read(TimeSpan.Zero, default), Throws.TypeOf<FrameSourceException>());
        End(source, pool);
    }

    [Test]
    public void Sends_half_the_rows_from_the_frame_that_it_is_told()
    {
        var options = Small(frameRate: null);
        options.Frames = 4;
        options.Faults = new SyntheticFaults { ShrinkFrom = 2 };
        var (source, pool) = Begin(options);
        Assert.That(ReadAll(source).Select(f => (f.Height, f.Status)), Is.EqualTo(new[]
        {
            (96, FrameStatus.Complete), (96, FrameStatus.Complete), (48, FrameStatus.WrongSize), (48, FrameStatus.WrongSize),
        }));
        End(source, pool);
    }

    [Test]
    public void Cannot_be_opened_when_it_is_missing()
    {
        var options = Small(frameRate: null);
        options.Faults = new SyntheticFaults { MissingAtStart = true };
        using var source = new SyntheticFrameSource(options);
        Assert.That(() => source.Open(Context, default), Throws.TypeOf<FrameSourceException>().With.Message.Contains("'small'"));
    }

    [Test]
    public void Names_every_option_that_is_out_of_range()
    {
        var options = new SyntheticFrameSourceOptions
        {
            Name = " ", Width = 8, Height = 100_000, PixelFormat = PixelFormat.Mono10p, FrameRate = 0, Phase = 2, DriverQueue = 0, MaxDefects = 65,
            Faults = new SyntheticFaults { Jitter = 1, Loss = -1, Corruption = 2, StallFor = TimeSpan.FromDays(1) },
        };
        var thrown = Assert.Throws<OptionsValidationException>(() => new SyntheticFrameSource(options));
        Assert.That(thrown!.Failures.Count(), Is.EqualTo(12));
        Assert.That(thrown.Message, Does.Contain("Mono8").And.Contain("64 to 16384").And.Contain("Faults.Jitter"));
    }

    private FrameSourceContext Context => new(_time, NullLogger.Instance, Meter);

    private static SyntheticFrameSourceOptions Small(double? frameRate) =>
        new() { Name = "small", Width = 128, Height = 96, FrameRate = frameRate };

    private (SyntheticFrameSource Source, FramePool Pool) Begin(SyntheticFrameSourceOptions options)
    {
        var source = new SyntheticFrameSource(options);
        var pool = new FramePool(4, source.Open(Context, default).PayloadBytes);
        source.Start(pool);
        return (source, pool);
    }

    private static void End(SyntheticFrameSource source, FramePool pool)
    {
        source.Dispose();
        Assert.That(pool.Rented, Is.Zero);
        pool.Dispose();
    }

    private static List<FrameInfo> ReadAll(SyntheticFrameSource source)
    {
        var frames = new List<FrameInfo>();
        for (var read = source.Read(TimeSpan.Zero, default); read.Status == FrameReadStatus.Frame; read = source.Read(TimeSpan.Zero, default))
        {
            frames.Add(read.Info);
            read.Lease.Dispose();
        }

        return frames;
    }
}
