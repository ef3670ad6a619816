using Inspection.Work;

namespace Inspection.Tests.Work;

public sealed class DefectFinderTests
{
    [TestCaseSource(typeof(Pictures), nameof(Pictures.Sizes))]
    public void Finds_what_a_flood_fill_finds(int width, int height)
    {
        var finder = new DefectFinder(width);
        for (var seed = 0; seed < 20; seed++)
        {
            // From a few bright pixels to nearly all: shapes of every kind that join and part.
            var threshold = (byte)(30 + (seed * 11));
            foreach (var padding in (int[])[0, 1, 13])
            {
                var pixels = Pictures.Noise(width + padding, height, seed);
                finder.Find(pixels, width, height, width + padding, threshold);
                Assert.That(finder.Defects.ToArray(), Is.EqualTo(Pictures.FloodFill(pixels, width, height, width + padding, threshold)), $"seed {seed}, padding {padding}");
            }
        }
    }

    [Test]
    public void Joins_parts_that_meet_only_further_down()
    {
        string[] drawing =
        [
            "#.#.#.....#",
            "#.#.#....#.",
            "#.###...#..",
            "###...##...",
        ];
        var pixels = drawing.SelectMany(row => row.Select(c => c == '#' ? (byte)200 : (byte)0)).ToArray();
        var finder = new DefectFinder(11);
        Assert.That(finder.Find(pixels, 11, 4, 11, 200), Is.EqualTo(2));
        Assert.That(finder.Defects.ToArray(), Is.EqualTo(new[] { new Defect(0, 0, 5, 4, 13), new Defect(6, 0, 5, 4, 5) }));
    }

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    [TestCase(255, 0)]
    public void Takes_every_threshold_and_pictures_of_one_level(int threshold, int expected)
    {
        var finder = new DefectFinder(100);
        Assert.That(finder.Find(new byte[100 * 50], 100, 50, 100, (byte)threshold), Is.EqualTo(expected));
        Assert.That(finder.Find(Enumerable.Repeat((byte)255, 100 * 50).ToArray(), 100, 50, 100, (byte)threshold), Is.EqualTo(1));
        Assert.That(finder.Defects[0], Is.EqualTo(new Defect(0, 0, 100, 50, 5000)));
    }

    [Test]
    public void Does_not_read_the_padding()
    {
        var pixels = Enumerable.Repeat((byte)255, 20 * 4).ToArray();
        for (var y = 0; y < 4; y++)
        {
            pixels.AsSpan(y * 20, 16).Clear();
        }

        Assert.That(new DefectFinder(16).Find(pixels, 16, 4, 20, 1), Is.Zero);
    }

    [Test]
    public void Says_when_there_are_more_than_it_can_tell_apart()
    {
        var pixels = new byte[64 * 64];
        for (var i = 0; i < pixels.Length; i += 2)
        {
            pixels[i] = (byte)((i / 64) % 2 == 0 ? 255 : 0); // 1,024 single pixels
        }

        var finder = new DefectFinder(64, capacity: 100);
        Assert.That(finder.Find(pixels, 64, 64, 64, 128), Is.EqualTo(100));
        Assert.That(finder.Overflowed);

        Assert.That(finder.Find(new byte[64 * 64], 64, 64, 64, 128), Is.Zero);
        Assert.That(finder.Overflowed, Is.False);
    }
}
