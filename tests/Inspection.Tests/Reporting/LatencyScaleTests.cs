using Inspection.Reporting;
using Inspection.Reporting.Html;

namespace Inspection.Tests.Reporting;

public sealed class LatencyScaleTests
{
    [TestCase(0.4, 0.5, 0.2, 1)]
    [TestCase(4.7, 900, 2, 1000)]
    [TestCase(5, 5, 5, 10)]
    [TestCase(0, 17_000, 0.001, 20_000)]
    public void It_goes_from_a_round_number_to_a_round_number(double shortest, double longest, double from, double to)
    {
        var scale = new LatencyScale(shortest, longest);
        Assert.That((scale.From, scale.To), Is.EqualTo((from, to)).Within(1e-9));
        Assert.That((scale.At(from), scale.At(to), scale.At(0), scale.At(1e9)), Is.EqualTo((0.0, 100.0, 0.0, 100.0)).Within(1e-9));
        Assert.That(scale.Ticks.Select(tick => tick.Ms).First(), Is.EqualTo(from).Within(1e-9));
        Assert.That(scale.Ticks.Select(tick => tick.Ms).Last(), Is.EqualTo(to).Within(to * 1e-9));
        Assert.That(scale.Bins * scale.BinWidth, Is.InRange(99.999, 100 + scale.BinWidth));
    }

    [Test]
    public void Each_frame_falls_into_one_bin_where_it_belongs()
    {
        var scale = new LatencyScale(1, 99);
        var buckets = Enumerable.Range(1, 99).Select(ms => new LatencyCount(ms, ms + 1, ms)).ToList();
        var counts = scale.Count(buckets);
        Assert.That(counts.Sum(), Is.EqualTo(99 * 50));
        Assert.That(counts[0], Is.Zero, "1.5 ms is more than a quarter of an octave above 1");
        Assert.That(counts[2], Is.EqualTo(1), "1.41 to 1.68 ms");
    }
}
