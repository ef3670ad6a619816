namespace Hardening.Runtime.Aravis.Tests;

public sealed class FrameNumbersTests
{
    [TestCase(new ulong[] { 5, 6, 8 }, new long[] { 5, 6, 8 }, TestName = "{m}(a gap)")]
    [TestCase(new ulong[] { 65_534, 65_535, 1, 2 }, new long[] { 65_534, 65_535, 65_536, 65_537 }, TestName = "{m}(the wrap, which leaves 0 out)")]
    [TestCase(new ulong[] { 65_535, 3 }, new long[] { 65_535, 65_538 }, TestName = "{m}(a gap across the wrap)")]
    [TestCase(new ulong[] { 10, 0, 12 }, new long[] { 10, 11, 12 }, TestName = "{m}(a number that was lost)")]
    [TestCase(new ulong[] { 10, 0, 14 }, new long[] { 10, 11, 14 }, TestName = "{m}(a number that was lost, and then a gap)")]
    [TestCase(new ulong[] { 65_535, 0, 2 }, new long[] { 65_535, 65_536, 65_537 }, TestName = "{m}(a number that was lost at the wrap)")]
    [TestCase(new ulong[] { 0, 0, 40_000, 40_001 }, new long[] { 0, 1, 2, 3 }, TestName = "{m}(the first numbers lost)")]
    [TestCase(new ulong[] { 500, 1, 2 }, new long[] { 500, 501, 502 }, TestName = "{m}(a camera that has started anew)")]
    [TestCase(new ulong[] { 7, 7 }, new long[] { 7, 8 }, TestName = "{m}(a number twice)")]
    [TestCase(new ulong[] { 65_535, 65_536, 65_539 }, new long[] { 65_535, 65_536, 65_539 }, TestName = "{m}(64 bits)")]
    [TestCase(new ulong[] { 1ul << 40, 1, 2 }, new long[] { 1L << 40, (1L << 40) + 1, (1L << 40) + 2 }, TestName = "{m}(64 bits, started anew)")]
    public void Widens(ulong[] ids, long[] expected)
    {
        var numbers = default(FrameNumbers);
        var widened = new List<long>();
        foreach (var id in ids)
        {
            widened.Add(numbers.Next(id));
        }

        Assert.That(widened, Is.EqualTo(expected));
    }

    [Test]
    public void Rises_by_one_through_many_rounds()
    {
        var numbers = default(FrameNumbers);
        var first = numbers.Next(1);
        for (var i = 1; i < 300_000; i++)
        {
            Assert.That(numbers.Next((ulong)(i % 65_535) + 1) - first, Is.EqualTo(i));
        }
    }
}
