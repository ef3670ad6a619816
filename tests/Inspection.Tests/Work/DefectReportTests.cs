using Inspection.Work;

namespace Inspection.Tests.Work;

/// <summary>A report on its way from one process to another.</summary>
public sealed class DefectReportTests
{
    [TestCase(160, 120, 1, TestName = "{m}(some)")]
    [TestCase(64, 64, 0, TestName = "{m}(few)")]
    [TestCase(1280, 1024, 2, TestName = "{m}(more than are listed)")]
    public void Is_the_same_after_it_was_written_and_read(int width, int height, int seed)
    {
        var (pixels, squares) = Pictures.Scene(width, height, width, seed);
        var report = new FrameInspection(width, height).Inspect(pixels, width);
        AssertSurvives(report);
        Assert.That(report.Count, Is.EqualTo(squares.Count));
    }

    [Test]
    public void Is_the_same_where_there_was_too_much_to_tell_apart()
    {
        const int side = 1024;
        var pixels = new byte[side * side];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = i % side % 8 < 4 && i / side % 8 < 4 ? (byte)220 : (byte)40; // a square in each cell of 8 x 8: 16,384
        }

        var report = new FrameInspection(side, side).Inspect(pixels, side);
        Assert.That(report.Overflowed);
        AssertSurvives(report);
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(9)]
    [TestCase(27)]
    public void Bytes_of_another_length_are_none(int length) => Assert.That(() => DefectReport.Read(new byte[length]), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void Bytes_with_a_senseless_count_are_none() => Assert.That(() => DefectReport.Read([255, 255, 255, 255, 0, 0, 0, 0]), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void The_picture_is_the_same_wherever_it_is_drawn()
    {
        var (pixels, _) = Pictures.Scene(96, 80, 96, seed: 4);
        var (own, other) = (new FrameInspection(96, 80), new FrameInspection(96, 80));
        own.Inspect(pixels, 96);
        var picture = new byte[Annotation.Bytes(96, 80)];
        other.Inspect(pixels, 96, picture);
        Assert.That(picture, Is.EqualTo(own.Picture));
    }

    private static void AssertSurvives(in DefectReport report)
    {
        var bytes = new byte[DefectReport.MaxBytes];
        var read = DefectReport.Read(bytes.AsSpan(0, report.Write(bytes)));
        Assert.That((read.Count, read.Overflowed, read.Threshold), Is.EqualTo((report.Count, report.Overflowed, report.Threshold)));
        Assert.That(read.Listed.ToArray(), Is.EqualTo(report.Listed.ToArray()));
    }
}
