using Hardening.Camera;
using Hardening.Dashboard.Pictures;

namespace Hardening.Dashboard.Tests.Pictures;

public sealed class PictureMakerTests
{
    [TestCaseSource(typeof(RawPictures), nameof(RawPictures.Formats))]
    public void Each_pixel_is_the_mean_of_its_box(PixelFormat format)
    {
        var info = RawPictures.Info(format, 302, 201, padding: 6);
        var bytes = new byte[info.Length];
        new Random(1).NextBytes(bytes);
        if (PictureSize.IsYuv(format))
        {
            // colours that there are: the mean of those that had to be cut off is another one
            bytes = Array.ConvertAll(bytes, value => (byte)(100 + (value % 56)));
        }

        var (size, picture) = Make(info, bytes);
        Assert.That((size.Width, size.Height), Is.EqualTo((151, 100)));
        for (var y = 0; y < size.Height; y++)
        {
            for (var x = 0; x < size.Width; x++)
            {
                var expected = RawPictures.Mean(info, bytes, x * 2, y * 2, 2, 2);
                for (var channel = 0; channel < size.Channels; channel++)
                {
                    Assert.That(picture[(((y * size.Width) + x) * size.Channels) + channel], Is.EqualTo(expected[channel]).Within(1.01), $"({x}, {y}), channel {channel}");
                }
            }
        }
    }

    [TestCaseSource(typeof(RawPictures), nameof(RawPictures.Formats))]
    public void A_large_frame_is_seen_as_a_whole(PixelFormat format)
    {
        var info = RawPictures.Info(format, 2448, 2048);
        var bytes = new byte[info.Length];
        bytes.AsSpan(info.Stride * (info.Height / 2)).Fill(0xFF); // dark above, bright below
        if (PictureSize.IsYuv(format))
        {
            for (var i = format == PixelFormat.YUV422_8 ? 1 : 0; i < bytes.Length; i += 2)
            {
                bytes[i] = 128; // grey
            }
        }

        var (size, picture) = Make(info, bytes);
        Assert.That((size.Width, size.Height), Is.EqualTo((153, 128)));
        Assert.That(picture.Take(size.Bytes / 2), Has.All.Zero);
        Assert.That(picture.Skip(size.Bytes / 2).Take(size.Bytes / 2), Has.All.EqualTo(255));
    }

    [TestCase(1, 1, 1, 1)]
    [TestCase(160, 160, 160, 160)]
    [TestCase(161, 100, 80, 50)]
    [TestCase(4096, 1, 157, 1)]
    [TestCase(2, 5000, 1, 156)]
    public void Pictures_are_no_larger_than_agreed_and_no_smaller_than_they_need_be(int width, int height, int pictureWidth, int pictureHeight)
    {
        var info = RawPictures.Info(PixelFormat.Mono8, width, height);
        var size = PictureSize.Of(info, info.Length);
        Assert.That((size.Width, size.Height), Is.EqualTo((pictureWidth, pictureHeight)));
    }

    [Test]
    public void What_is_missing_of_a_damaged_frame_is_missing_of_its_picture()
    {
        var info = RawPictures.Info(PixelFormat.Mono8, 320, 240);
        Assert.That(PictureSize.Of(info, info.Length / 2), Is.EqualTo(new PictureSize(160, 60, 1, 2, 2)));
        Assert.That(PictureSize.Of(info, 319), Is.EqualTo(default(PictureSize)), "not one row");
    }

    [Test]
    public void A_format_that_is_not_known_has_no_picture()
    {
        Assert.That(PictureSize.Supports((PixelFormat)0x02300033), Is.False);
        Assert.That(PictureSize.Of(RawPictures.Info((PixelFormat)0x02300033, 320, 240), 1 << 20), Is.EqualTo(default(PictureSize)));
    }

    [Test]
    public void No_frame_whatever_it_says_of_itself_makes_it_read_or_write_too_far()
    {
        var random = new Random(7);
        var pixels = new byte[40_000];
        var made = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var format = RawPictures.Formats[random.Next(RawPictures.Formats.Length)];
            var info = RawPictures.Info(format, random.Next(-2, 400), random.Next(-2, 400)) with { Stride = random.Next(-2, 900) };
            var bytes = pixels.AsSpan(0, random.Next(pixels.Length));
            var size = PictureSize.Of(info, bytes.Length);
            if (size.Bytes > 0)
            {
                Assert.That(size, Has.Property(nameof(size.Width)).InRange(1, PictureSize.MaxSide).And.Property(nameof(size.Height)).InRange(1, PictureSize.MaxSide), info.ToString());
                Assert.That(() => Make(info, pixels, size), Throws.Nothing, info.ToString());
                made++;
            }
        }

        Assert.That(made, Is.GreaterThan(1000));
    }

    private static (PictureSize Size, byte[] Picture) Make(FrameInfo info, byte[] bytes)
    {
        var size = PictureSize.Of(info, bytes.Length);
        return (size, Make(info, bytes, size));
    }

    private static byte[] Make(FrameInfo info, byte[] bytes, PictureSize size)
    {
        var picture = new byte[size.Bytes];
        PictureMaker.Make(info, bytes, size, picture, new ushort[PictureMaker.SumsOf(info)]);
        return picture;
    }
}
