using Hardening.Benchmarks.Measuring;

namespace Hardening.Benchmarks.Tests.Measuring;

public sealed class SeriesTests
{
    [TestCase(new[] { 3.0, 1.0, 2.0 }, 2.0)]
    [TestCase(new[] { 4.0, 1.0, 2.0, 3.0 }, 2.5)]
    [TestCase(new double[0], double.NaN)]
    public void The_median_is_the_middle(double[] values, double median) => Assert.That(Series.Median(values), Is.EqualTo(median));

    [Test]
    public void The_ratio_is_that_of_neighbours_in_a_round()
    {
        // The machine is three times slower in the last round, for both: the ratio of the medians would be 1.0.
        Assert.That(Of("rules", 2, 2, 6).RatioTo(Of("bare", 1, 2, 3)), Is.EqualTo(2));
        Assert.That(Of("rules", 2, 2, 6).CpuRatioTo(Of("bare", 1, 2, 3)), Is.EqualTo(2));
    }

    [Test]
    public void Cpu_time_that_is_not_known_stays_unknown()
    {
        var unknown = new Series("bare", [new Sample(TimeSpan.FromSeconds(1), Cpu: null)]);
        Assert.That(unknown.CpuSeconds, Is.Null);
        Assert.That(Of("rules", 1).CpuRatioTo(unknown), Is.Null);
    }

    [Test]
    public async Task Rounds_are_interleaved_and_those_that_warm_up_are_not_counted()
    {
        List<string> order = [];
        Contender Named(string name) => new(name, _ =>
        {
            order.Add(name);
            return Task.FromResult(new Sample(TimeSpan.FromSeconds(order.Count), null));
        });

        var series = await Rounds.MeasureAsync([Named("A"), Named("B")], 2, warmUp: 1, TextWriter.Null, CancellationToken.None);
        Assert.That(order, Is.EqualTo(new[] { "A", "B", "A", "B", "A", "B" }));
        Assert.That(series.Select(one => one.Seconds), Is.EqualTo(new[] { 4.0, 5.0 }));
    }

    private static Series Of(string name, params double[] seconds) => new(name, [.. seconds.Select(value => new Sample(TimeSpan.FromSeconds(value), TimeSpan.FromSeconds(value)))]);
}
