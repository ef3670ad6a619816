using Inspection.Work;

namespace Inspection.Tests.Work;

/// <summary>Each vectorised step against the plain way, pixel by pixel: equal, not nearly equal.</summary>
public sealed class ImageWorkTests
{
    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Noise_filter_gives_the_median_of_nine(int width, int height)
    {
        const int padding = 5;
        var stride = width + padding;
        var pixels = Pictures.Noise(stride, height, seed: width);
        var filtered = new byte[width * height];
        NoiseFilter.Median3x3(pixels, width, height, stride, filtered);

        var expected = new byte[width * height];
        for (var i = 0; i < expected.Length; i++)
        {
            var nine = Enumerable.Range(0, 9).Select(n => pixels[(Clamp((i / width) + (n / 3) - 1, height) * stride) + Clamp((i % width) + (n % 3) - 1, width)]);
            expected[i] = nine.Order().ElementAt(4);
        }

        Assert.That(filtered, Is.EqualTo(expected));
    }

    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Blocks_have_their_mean_and_variance(int width, int height)
    {
        const int padding = 3;
        var stride = width + padding;
        var pixels = Pictures.Noise(stride, height, seed: height);
        var blocks = new BlockStatistic[BlockStatistics.Count(width, height)];
        BlockStatistics.Compute(pixels, width, height, stride, blocks);

        var across = width / 8;
        for (var b = 0; b < blocks.Length; b++)
        {
            var values = Enumerable.Range(0, 64).Select(i => (long)pixels[(((b / across * 8) + (i / 8)) * stride) + (b % across * 8) + (i % 8)]).ToArray();
            var (sum, square) = (values.Sum(), values.Sum(v => v * v));
            Assert.That(blocks[b], Is.EqualTo(new BlockStatistic((byte)(sum / 64), (ushort)(((64 * square) - (sum * sum)) / 4096))), $"block {b}");
        }
    }

    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Histogram_counts_each_level(int width, int height)
    {
        var pixels = Pictures.Noise(width, height, seed: 3);
        var histogram = Histogram.Count(pixels, new int[Histogram.ScratchLength]);
        Assert.That(histogram.ToArray(), Is.EqualTo(Enumerable.Range(0, 256).Select(level => pixels.Count(p => p == level))));
        Assert.That(Histogram.Percentile(histogram, pixels.Length, 0.5), Is.EqualTo(pixels.Order().ElementAt(((pixels.Length + 1) / 2) - 1)));
        Assert.That(Histogram.Percentile(histogram, pixels.Length, 1), Is.EqualTo(pixels.Max()));
    }

    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Half_size_is_the_mean_of_four(int width, int height)
    {
        var pixels = Pictures.Noise(width, height, seed: 7);
        var half = new byte[(width / 2) * (height / 2)];
        HalfSize.Compute(pixels, width, height, half);
        for (var i = 0; i < half.Length; i++)
        {
            var at = (i / (width / 2) * 2 * width) + (i % (width / 2) * 2);
            Assert.That(half[i], Is.EqualTo((pixels[at] + pixels[at + 1] + pixels[at + width] + pixels[at + width + 1]) / 4));
        }
    }

    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Local_contrast_is_half_of_the_pixel_less_the_mean_around_it(int width, int height)
    {
        var pixels = Pictures.Noise(width, height, seed: 4);
        var contrast = new short[width * height];
        new LocalContrast(width).Compute(pixels, height, contrast);
        Assert.That(contrast, Is.EqualTo(PlainContrast(pixels, width, height)));
    }

    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Texture_energies_are_the_answers_of_the_filters(int width, int height) => CheckTexture(PlainContrast(Pictures.Noise(width, height, seed: 6), width, height), width, height);

    [Test]
    public void Texture_energies_do_not_overflow()
    {
        // Stripes and chequers of full contrast: what answers most.
        for (var pattern = 1; pattern < 4; pattern++)
        {
            var surface = new short[40 * 24];
            for (var i = 0; i < surface.Length; i++)
            {
                surface[i] = ((((i % 40) & pattern) ^ ((i / 40) & (pattern >> 1))) & 1) == 0 ? (short)127 : (short)-127;
            }

            CheckTexture(surface, 40, 24);
        }
    }

    private static void CheckTexture(short[] surface, int width, int height)
    {
        var energies = new ushort[BlockStatistics.Count(width, height) * TextureEnergy.Maps];
        new TextureEnergy(width).Compute(surface, height, energies);

        int[][] filters = [[1, 4, 6, 4, 1], [-1, -2, 0, 2, 1], [-1, 0, 2, 0, -1], [1, -4, 6, -4, 1]];
        (int, int)[][] maps = [[(0, 1), (1, 0)], [(0, 2), (2, 0)], [(0, 3), (3, 0)], [(1, 1)], [(1, 2), (2, 1)], [(1, 3), (3, 1)], [(2, 2)], [(2, 3), (3, 2)], [(3, 3)]];
        var across = width / 8;
        for (var block = 0; block < energies.Length / TextureEnergy.Maps; block++)
        {
            for (var map = 0; map < TextureEnergy.Maps; map++)
            {
                var sum = 0;
                foreach (var (vertical, horizontal) in maps[map])
                {
                    for (var i = 0; i < 64; i++)
                    {
                        sum += Math.Abs(Answer((block % across * 8) + (i % 8), (block / across * 8) + (i / 8), filters[vertical], filters[horizontal])) >> 3;
                    }
                }

                Assert.That(energies[(block * TextureEnergy.Maps) + map], Is.EqualTo(sum / 8), $"block {block}, map {map}");
            }
        }

        int Answer(int x, int y, int[] vertical, int[] horizontal)
        {
            var answer = 0;
            for (var i = 0; i < 25; i++)
            {
                answer += vertical[i / 5] * horizontal[i % 5] * surface[(Clamp(y + (i / 5) - 2, height) * width) + Clamp(x + (i % 5) - 2, width)];
            }

            return answer;
        }
    }

    private static short[] PlainContrast(byte[] pixels, int width, int height)
    {
        var contrast = new short[width * height];
        for (var i = 0; i < contrast.Length; i++)
        {
            var sum = 0;
            for (var n = 0; n < 225; n++)
            {
                sum += pixels[(Clamp((i / width) + (n / 15) - 7, height) * width) + Clamp((i % width) + (n % 15) - 7, width)];
            }

            contrast[i] = (short)((pixels[i] - (sum / 225)) / 2);
        }

        return contrast;
    }

    private static int Clamp(int value, int length) => Math.Clamp(value, 0, length - 1);
}
