using Inspection.Work;

namespace Inspection.Tests.Work;

public sealed class FrameInspectionTests
{
    [TestCase(1280, 1024, 0)]
    [TestCase(640, 480, 64)]
    [TestCase(333, 251, 3)]
    [TestCase(64, 64, 0)]
    public void Finds_each_defect_and_its_box_and_nothing_else(int width, int height, int padding)
    {
        var inspection = new FrameInspection(width, height);
        for (var seed = 0; seed < 30; seed++)
        {
            var (pixels, squares) = Pictures.Scene(width, height, width + padding, seed);
            var report = inspection.Inspect(pixels, width + padding);
            Assert.That(report.Overflowed, Is.False);
            Assert.That(report.Count, Is.EqualTo(squares.Count), $"seed {seed}");
            if (squares.Count <= DefectReport.MaxListed)
            {
                Assert.That(report.Listed.ToArray().Select(d => (d.X, d.Y, d.Width, d.Height)), Is.EquivalentTo(squares.Select(s => (s.X, s.Y, s.Size, s.Size))), $"seed {seed}");
            }
        }
    }

    [Test]
    public void The_instance_carries_nothing_from_frame_to_frame()
    {
        var kept = new FrameInspection(160, 120);
        for (var seed = 0; seed < 10; seed++)
        {
            var (pixels, _) = Pictures.Scene(160, 120, 160, seed);
            var fresh = new FrameInspection(160, 120);
            Assert.That(kept.Inspect(pixels, 160).Listed.ToArray(), Is.EqualTo(fresh.Inspect(pixels, 160).Listed.ToArray()));
            Assert.That(kept.Blocks.ToArray(), Is.EqualTo(fresh.Blocks.ToArray()));
            Assert.That(kept.FineTexture.ToArray(), Is.EqualTo(fresh.FineTexture.ToArray()));
            Assert.That(kept.CoarseTexture.ToArray(), Is.EqualTo(fresh.CoarseTexture.ToArray()));
            Assert.That(kept.Picture, Is.EqualTo(fresh.Picture));
        }
    }

    [Test]
    public void Draws_a_red_frame_around_each_defect_and_the_rest_in_grey()
    {
        var (pixels, squares) = Pictures.Scene(96, 96, 96, seed: 5);
        var inspection = new FrameInspection(96, 96);
        inspection.Inspect(pixels, 96);
        var picture = inspection.Picture;
        foreach (var (x, y, _) in squares)
        {
            var corner = (Math.Max(y - 2, 0) * 96) + Math.Max(x - 2, 0);
            Assert.That(picture.AsSpan(corner * 3, 3).ToArray(), Is.EqualTo(new byte[] { 255, 0, 0 }));
        }

        var grey = Enumerable.Range(0, 96 * 96).Count(i => picture[i * 3] == picture[(i * 3) + 1] && picture[i * 3] == picture[(i * 3) + 2]);
        Assert.That(squares, Is.Not.Empty);
        Assert.That(grey, Is.GreaterThan(96 * 96 / 2));
    }

    [Test]
    public void Allocates_nothing_per_frame()
    {
        var (pixels, _) = Pictures.Scene(320, 240, 320, seed: 1);
        var inspection = new FrameInspection(320, 240);
        for (var i = 0; i < 50; i++)
        {
            inspection.Inspect(pixels, 320);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            inspection.Inspect(pixels, 320);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
