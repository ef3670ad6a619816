using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

public sealed class PixelFormatTests
{
    [TestCase(PixelFormat.Mono8, 8, 1280)]
    [TestCase(PixelFormat.Mono10, 16, 2560)]
    [TestCase(PixelFormat.Mono10p, 10, 1600)]
    [TestCase(PixelFormat.Mono12p, 12, 1920)]
    [TestCase(PixelFormat.BGR8, 24, 3840)]
    [TestCase(PixelFormat.YUV422_8, 16, 2560)]
    [TestCase(PixelFormat.Undefined, 0, 0)]
    public void Its_code_tells_the_size_of_a_pixel(PixelFormat format, int bits, int rowBytes)
    {
        Assert.That(format.BitsPerPixel, Is.EqualTo(bits));
        Assert.That(format.RowBytes(1280), Is.EqualTo(rowBytes));
    }

    [Test]
    public void A_row_of_packed_pixels_is_rounded_up_to_whole_bytes() => Assert.That(PixelFormat.Mono10p.RowBytes(3), Is.EqualTo(4));

    [Test]
    public void Is_found_by_its_name() => Assert.That(PixelFormats.Parse("bayerrg8"), Is.EqualTo(PixelFormat.BayerRG8));

    [TestCase("Mono9")]
    [TestCase("")]
    [TestCase("17301505")]
    [TestCase("Undefined")]
    public void An_unknown_name_is_answered_with_those_that_there_are(string name) =>
        Assert.That(() => PixelFormats.Parse(name), Throws.TypeOf<FormatException>().With.Message.Contains("Mono8").And.Message.Not.Contains("Undefined,"));
}

public sealed class LatencyHistogramTests
{
    [Test]
    public void Percentiles_are_upper_bounds_exact_to_a_thirty_second()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 10_000; i++)
        {
            histogram.Record(TimeSpan.FromMicroseconds(i * 10));
        }

        var summary = histogram.Summarize();
        Assert.Multiple(() =>
        {
            Assert.That(summary.Count, Is.EqualTo(10_000));
            Assert.That(summary.P50.TotalMicroseconds, Is.InRange(50_000, 50_000 * 33 / 32.0));
            Assert.That(summary.P99.TotalMicroseconds, Is.InRange(99_000, 99_000 * 33 / 32.0));
            Assert.That(summary.P999.TotalMicroseconds, Is.InRange(99_900, 100_000));
            Assert.That(summary.Max, Is.EqualTo(TimeSpan.FromMicroseconds(100_000)));
        });
    }

    [Test]
    public void Its_buckets_hold_every_duration_and_do_not_overlap()
    {
        var histogram = new LatencyHistogram();
        var durations = Enumerable.Range(0, 500).Select(i => TimeSpan.FromMicroseconds(i * i * 3)).ToArray();
        Array.ForEach(durations, histogram.Record);
        var buckets = histogram.GetBuckets();
        Assert.That(buckets.Sum(bucket => bucket.Count), Is.EqualTo(durations.Length));
        Assert.That(buckets.Select(bucket => bucket.Count), Is.EqualTo(buckets.Select(bucket => durations.LongCount(duration => duration >= bucket.From && duration < bucket.To))));
        Assert.That(buckets.Zip(buckets.Skip(1)), Has.All.Matches<(LatencyBucket Shorter, LatencyBucket Longer)>(pair => pair.Shorter.To <= pair.Longer.From));
        Assert.That(buckets.Skip(1), Has.All.Matches<LatencyBucket>(bucket => bucket.To - bucket.From <= TimeSpan.FromTicks(Math.Max(bucket.From.Ticks / 32, 10))));
        Assert.That(new LatencyHistogram().GetBuckets(), Is.Empty);
    }

    [Test]
    public void Takes_anything_from_nothing_to_years()
    {
        var histogram = new LatencyHistogram();
        Assert.That(histogram.Summarize(), Is.EqualTo(default(LatencySummary)));
        histogram.Record(TimeSpan.FromSeconds(-1));
        Assert.That(histogram.Summarize().Max, Is.EqualTo(TimeSpan.Zero));
        histogram.Record(TimeSpan.FromDays(3650));
        Assert.That(histogram.Summarize().Max, Is.EqualTo(TimeSpan.FromDays(3650)));
        Assert.That(histogram.Summarize().P50, Is.LessThanOrEqualTo(TimeSpan.FromMicroseconds(1)));
    }

    [Test]
    public void Adds_up()
    {
        LatencyHistogram a = new(), b = new();
        a.Record(TimeSpan.FromMilliseconds(1));
        b.Record(TimeSpan.FromMilliseconds(5));
        a.Add(b);
        Assert.That(a.Summarize(), Has.Property("Count").EqualTo(2).And.Property("Max").EqualTo(TimeSpan.FromMilliseconds(5)));
    }
}

public sealed class FrameResultTests
{
    [Test]
    public void Belongs_to_the_frame_that_it_was_set_for()
    {
        using var pool = new FramePool(slots: 1, slotBytes: 64);
        var result = new FrameResult<string>();
        var first = TestFrames.Publish(pool, sequence: 1);
        result.Set(new Frame(first), "one");
        Assert.That(result.Get(new Frame(first)), Is.EqualTo("one"));
        first.Dispose();
        var second = TestFrames.Publish(pool, sequence: 2); // in the same buffer
        Assert.That(result.TryGet(new Frame(second), out _), Is.False);
        Assert.That(() => result.Get(new Frame(second)), Throws.InvalidOperationException.With.Message.Contains("frame 2"));
        second.Dispose();
    }

    [Test]
    public void Serves_one_pipeline()
    {
        using FramePool one = new(slots: 1, slotBytes: 64), two = new(slots: 1, slotBytes: 64);
        using FrameLease a = TestFrames.Publish(one), b = TestFrames.Publish(two);
        var result = new FrameResult<int>();
        result.Set(new Frame(a), 1);
        Assert.That(() => result.Set(new Frame(b), 2), Throws.InvalidOperationException);
    }
}

public sealed class LatestFrameSinkTests : FrameSinkContract
{
    protected override IFrameSink Create() => new LatestFrameSink();

    [Test]
    public void Lends_the_newest_frame_of_each_camera()
    {
        using var pool = new FramePool(slots: 8, slotBytes: 64);
        using var sink = new LatestFrameSink();
        Assert.That(sink.TryGet("a", out _), Is.False);
        Consume("a", 1);
        Consume("a", 2);
        Consume("b", 3);
        Assert.That((Latest("a"), Latest("b")), Is.EqualTo((2, 3)));
        sink.TryGet("a", out var kept);
        Consume("a", 4);
        Assert.That((kept.Info.Sequence, Latest("a")), Is.EqualTo((2, 4)), "a lease keeps its frame");
        kept.Dispose();

        void Consume(string camera, long sequence)
        {
            using var lease = TestFrames.Publish(pool, camera, sequence);
            sink.Consume(new Frame(lease), CancellationToken.None);
        }

        long Latest(string camera)
        {
            Assert.That(sink.TryGet(camera, out var lease));
            using (lease)
            {
                return lease.Info.Sequence;
            }
        }
    }
}
