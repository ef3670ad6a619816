using System.Diagnostics.Metrics;
using System.Text;
using Hardening.Camera;
using Hardening.Camera.Pictures;
using Hardening.Runtime.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Hardening.Runtime.Tests.Camera.Pictures;

public sealed class PictureFolderFrameSourceContractTests : FrameSourceContract, IDisposable
{
    private readonly Scratch _scratch = new();

    [OneTimeSetUp]
    public void Draw()
    {
        for (var i = 0; i < 3; i++)
        {
            File.WriteAllBytes(Path.Combine(_scratch.Path, $"{i}.pgm"), [.. "P5 8 8 255\n"u8, .. Enumerable.Repeat((byte)i, 64)]);
        }
    }

    public void Dispose() => _scratch.Dispose();

    protected override IFrameSource Create() => new PictureFolderFrameSource(new PictureFolderFrameSourceOptions { Folder = _scratch.Path, FrameRate = 200, Repeat = true });
}

public sealed class PictureFolderFrameSourceTests : IDisposable
{
    private static readonly Meter Meter = new("test");

    private readonly Scratch _scratch = new();
    private readonly ManualTimeProvider _time = new();

    [TearDown]
    public void Empty() => Array.ForEach(Directory.GetFiles(_scratch.Path), File.Delete);

    public void Dispose() => _scratch.Dispose();

    [Test]
    public void Shows_the_pictures_of_a_folder_in_the_order_in_which_people_count()
    {
        foreach (var name in (string[])["frame10.pgm", "frame9.pgm", "frame1.PGM", "frame02.ppm", "frame2.pnm", "notes.txt"])
        {
            Write(name, "P5 2 2 255\n", 1, 2, 3, 4);
        }

        Assert.That(new[] { "frame10.pgm", "frame9.pgm", "frame1.pgm", "frame02.ppm", "frame2.ppm", "frame", "a1b10", "a1b9", "007", "7" }.Order(NaturalOrder.Instance), Is.EqualTo(
            new[] { "007", "7", "a1b9", "a1b10", "frame", "frame1.pgm", "frame02.ppm", "frame2.ppm", "frame9.pgm", "frame10.pgm" }));
        var frames = Show();
        Assert.That(frames.Select(frame => frame.Info.Sequence), Is.EqualTo(Enumerable.Range(0, 5)));
    }

    [TestCase("P5\n2 1\n255\n", PixelFormat.Mono8, 2, new byte[] { 7, 8 }, new byte[] { 7, 8 })]
    [TestCase("P5 2 1 1\n", PixelFormat.Mono8, 2, new byte[] { 0, 1 }, new byte[] { 0, 1 })]
    [TestCase("P5\n# made by a scanner\n2 # wide\n1 255\n", PixelFormat.Mono8, 2, new byte[] { 7, 8 }, new byte[] { 7, 8 })]
    [TestCase("P5 #c\r\n 2\t1\v65535\r", PixelFormat.Mono16, 4, new byte[] { 1, 2, 3, 4 }, new byte[] { 2, 1, 4, 3 })]
    [TestCase("P5 2 1 1023\n", PixelFormat.Mono10, 4, new byte[] { 1, 2, 3, 4 }, new byte[] { 2, 1, 4, 3 })]
    [TestCase("P5 2 1 4095\n", PixelFormat.Mono12, 4, new byte[] { 1, 2, 3, 4 }, new byte[] { 2, 1, 4, 3 })]
    [TestCase("P5 2 1 256\n", PixelFormat.Mono16, 4, new byte[] { 1, 2, 3, 4 }, new byte[] { 2, 1, 4, 3 })]
    [TestCase("P6 1 1 255\n", PixelFormat.RGB8, 3, new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 3 })]
    [TestCase("P6 1 1 65535\n", (PixelFormat)0x02300033, 6, new byte[] { 1, 2, 3, 4, 5, 6 }, new byte[] { 2, 1, 4, 3, 6, 5 })]
    public void Reads(string header, PixelFormat format, int stride, byte[] samples, byte[] pixels)
    {
        Write("one.pgm", header, samples);
        var frame = Show().Single();
        Assert.That((frame.Info.PixelFormat, frame.Info.Stride, frame.Info.Length, frame.Info.Status), Is.EqualTo((format, stride, pixels.Length, FrameStatus.Complete)));
        Assert.That(frame.Pixels, Is.EqualTo(pixels));
    }

    [TestCase("", 0, "P5")]
    [TestCase("GIF89a", 0, "P5")]
    [TestCase("P2 1 1 255 7", 1, "binary")]
    [TestCase("P5 x", 3, "width")]
    [TestCase("P5 0 1 255\n.", 3, "width")]
    [TestCase("P5 2 70000 255\n.", 5, "height")]
    [TestCase("P5 2 2 65536\n.", 7, "largest value")]
    [TestCase("P5 2 2 255", 10, "white space")]
    [TestCase("P5 2 2 255x....", 10, "white space")]
    [TestCase("P5 2 2 255\n...", 14, "1 bytes more")]
    [TestCase("P5 # no end", 11, "width")]
    public void A_file_that_is_no_picture_is_named_with_the_byte(string content, int at, string why)
    {
        Write("good.pgm", "P5 1 1 255\n", 1);
        Write("x.pgm", content);
        Assert.That(
            () => Open(new PictureFolderFrameSourceOptions { Folder = _scratch.Path }).Dispose(),
            Throws.TypeOf<FrameSourceException>().With.Message.Contains($"{_scratch.Path}/x.pgm' cannot be read at byte {at}:").And.Message.Contains(why));
    }

    [Test]
    public void Any_bytes_are_a_picture_or_an_error_that_says_so()
    {
        var random = new Random(1);
        var parts = new[] { "P5", "P6", " ", "\n", "#", "1", "255", "65535", "99999999999999999999", "-1", "\0", "x" };
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Encoding.ASCII.GetBytes("P5" + string.Concat(random.GetItems(parts, random.Next(1, 12))));
            try
            {
                var header = PictureHeader.Parse("x", bytes, bytes.Length);
                Assert.That(header.PixelOffset + header.PixelBytes, Is.LessThanOrEqualTo(bytes.Length));
            }
            catch (InvalidDataException e)
            {
                Assert.That(e.Message, Does.Contain("at byte"));
            }
        }
    }

    [Test]
    public void A_header_may_be_longer_than_the_first_bytes_that_are_read()
    {
        Write("long.pgm", $"P5 #{new string('x', 4000)}\n2 1 255\n", 7, 8);
        Assert.That(Show().Single().Pixels, Is.EqualTo(new byte[] { 7, 8 }));
    }

    [Test]
    public void A_picture_of_another_size_or_format_is_delivered_as_such()
    {
        Write("1.pgm", "P5 2 2 255\n", 1, 2, 3, 4);
        Write("2.pgm", "P5 4 2 255\n", 1, 2, 3, 4, 5, 6, 7, 8);
        Write("3.pgm", "P6 1 1 255\n", 1, 2, 3);
        Write("4.pgm", "P5 2 2 255\n", 1, 2, 3, 4);
        Assert.That(Show().Select(frame => (frame.Info.Width, frame.Info.Status)), Is.EqualTo(new[]
        {
            (2, FrameStatus.Complete), (4, FrameStatus.WrongSize), (1, FrameStatus.WrongSize), (2, FrameStatus.Complete),
        }));
    }

    [Test]
    public void A_picture_that_is_cut_off_later_is_incomplete()
    {
        Write("1.pgm", "P5 2 2 255\n", 1, 2, 3, 4);
        var source = Open(new PictureFolderFrameSourceOptions { Folder = _scratch.Path, FrameRate = null });
        Write("1.pgm", "P5 2 2 255\n", 1, 2);
        using var pool = new FramePool(1, 4);
        source.Start(pool);
        using (var lease = source.Read(TimeSpan.Zero, default).Lease)
        {
            Assert.That(lease.Info.Status, Is.EqualTo(FrameStatus.Incomplete));
            Assert.That(lease.Pixels.ToArray(), Is.EqualTo(new byte[] { 1, 2, 0, 0 }));
        }

        source.Dispose();
    }

    [Test]
    public void Keeps_its_rate_and_loses_what_nobody_takes_in_time()
    {
        for (var i = 0; i < 5; i++)
        {
            Write($"{i}.pgm", "P5 1 1 255\n", (byte)i);
        }

        using var pool = new FramePool(8, 1);
        using var source = Open(new PictureFolderFrameSourceOptions { Folder = _scratch.Path, FrameRate = 10, Repeat = true });
        var start = _time.GetTimestamp();
        source.Start(pool);
        Assert.That(Read(), Is.EqualTo(new[] { (0L, 0, 0d) }));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.That(Read(), Is.EqualTo(new[] { (1L, 1, 100d) }));
        _time.Advance(TimeSpan.FromMilliseconds(950)); // to frame 10
        Assert.That(Read(), Is.EqualTo(new[] { (8L, 3, 800d), (9L, 4, 900d), (10L, 0, 1000d) }));

        List<(long, int, double)> Read()
        {
            var frames = new List<(long, int, double)>();
            for (var read = source.Read(TimeSpan.Zero, default); read.Status == FrameReadStatus.Frame; read = source.Read(TimeSpan.Zero, default))
            {
                frames.Add((read.Info.Sequence, read.Lease.Pixels[0], _time.GetElapsedTime(start, read.Info.HostTimestamp).TotalMilliseconds));
                read.Lease.Dispose();
            }

            return frames;
        }
    }

    [Test]
    public void Says_what_it_cannot_open()
    {
        Assert.That(() => Open(new PictureFolderFrameSourceOptions { Folder = _scratch.Path }), Throws.TypeOf<FrameSourceException>().With.Message.Contains(_scratch.Path));
        Assert.That(() => Open(new PictureFolderFrameSourceOptions { Folder = "/nowhere" }), Throws.TypeOf<FrameSourceException>().With.Message.Contains("/nowhere"));
        Assert.That(() => Open(new PictureFolderFrameSourceOptions { Files = ["/nowhere/1.pgm"] }), Throws.TypeOf<FrameSourceException>().With.Message.Contains("/nowhere/1.pgm"));
        var thrown = Assert.Throws<OptionsValidationException>(() => new PictureFolderFrameSource(new PictureFolderFrameSourceOptions { Name = "", Folder = "x", Files = [], FrameRate = 0, DriverQueue = 0 }));
        Assert.That(thrown!.Failures.Count(), Is.EqualTo(5));
    }

    [TestCase(PixelFormat.Mono8, PixelFormat.Mono8)]
    [TestCase(PixelFormat.BayerRG8, PixelFormat.Mono8)]
    [TestCase(PixelFormat.Mono10, PixelFormat.Mono10)]
    [TestCase(PixelFormat.Mono12, PixelFormat.Mono12)]
    [TestCase(PixelFormat.Mono16, PixelFormat.Mono16)]
    [TestCase(PixelFormat.RGB8, PixelFormat.RGB8)]
    [TestCase(PixelFormat.BGR8, PixelFormat.RGB8)]
    public void A_frame_that_was_saved_is_read_again(PixelFormat saved, PixelFormat read)
    {
        foreach (var padding in (int[])[0, 6])
        {
            var rowBytes = saved.RowBytes(4);
            var path = Path.Combine(_scratch.Path, "saved.pgm");
            using var pool = new FramePool(1, 3 * (rowBytes + padding));
            Assert.That(pool.TryRent("test", out var buffer));
            for (var i = 0; i < buffer.Bytes.Length; i++)
            {
                buffer.Bytes[i] = (byte)i;
            }

            var expected = Enumerable.Range(0, 3).SelectMany(y => Enumerable.Range(0, rowBytes).Select(x => (byte)((y * (rowBytes + padding)) + (saved == PixelFormat.BGR8 ? x + 2 - (2 * (x % 3)) : x)))).ToArray();
            using (var lease = buffer.Publish(new FrameInfo
            {
                Camera = "test", Sequence = 1, HostTimestamp = 0, Width = 4, Height = 3, Stride = rowBytes + padding, Length = 3 * (rowBytes + padding), PixelFormat = saved,
            }))
            {
                PictureFile.Save(new Frame(lease), path);
            }

            var frame = Show().Single();
            Assert.That((frame.Info.PixelFormat, frame.Info.Width, frame.Info.Height), Is.EqualTo((read, 4, 3)));
            Assert.That(frame.Pixels, Is.EqualTo(expected));
            Assert.That(Directory.GetFiles(_scratch.Path), Has.Length.EqualTo(1), "nothing is left beside it");
        }
    }

    [Test]
    public void A_frame_that_cannot_be_saved_is_told_why_and_leaves_no_file()
    {
        using var pool = new FramePool(1, 64);
        using var lease = TestFrames.Publish(pool);
        Assert.That(() => PictureFile.Save(new Frame(lease), Path.Combine(_scratch.Path, "nowhere", "x.pgm")), Throws.InstanceOf<IOException>());
        Assert.That(pool.Rented, Is.EqualTo(1));
        using var other = new FramePool(2, 64);
        Assert.That(other.TryRent("test", out var packed) && other.TryRent("test", out _));
        using var packedLease = packed.Publish(lease.Info with { PixelFormat = PixelFormat.Mono12p });
        Assert.That(() => PictureFile.Save(new Frame(packedLease), Path.Combine(_scratch.Path, "x.pgm")), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Mono12p").And.Message.Contains("Mono16"));
        Assert.That(Directory.GetFiles(_scratch.Path), Is.Empty);
    }

    private void Write(string name, string header, params byte[] samples) => File.WriteAllBytes(Path.Combine(_scratch.Path, name), [.. Encoding.Latin1.GetBytes(header), .. samples]);

    private PictureFolderFrameSource Open(PictureFolderFrameSourceOptions options)
    {
        var source = new PictureFolderFrameSource(options);
        try
        {
            source.Open(new FrameSourceContext(_time, NullLogger.Instance, Meter), CancellationToken.None);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private List<(FrameInfo Info, byte[] Pixels)> Show()
    {
        using var pool = new FramePool(1, 4096);
        using var source = Open(new PictureFolderFrameSourceOptions { Folder = _scratch.Path, FrameRate = null });
        source.Start(pool);
        var frames = new List<(FrameInfo, byte[])>();
        for (var read = source.Read(TimeSpan.Zero, default); read.Status == FrameReadStatus.Frame; read = source.Read(TimeSpan.Zero, default))
        {
            frames.Add((read.Info, read.Lease.Pixels.ToArray()));
            read.Lease.Dispose();
        }

        return frames;
    }
}
