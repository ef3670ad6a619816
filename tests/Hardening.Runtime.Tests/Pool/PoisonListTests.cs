using System.Globalization;
using System.Text;
using Hardening.Camera;
using Hardening.Pool;

namespace Hardening.Runtime.Tests.Pool;

public sealed class PoisonListTests
{
    private static readonly Exception End = new IOException("the last end");

    private readonly ManualTimeProvider _time = new();

    [Test]
    public void A_job_is_poison_from_the_set_number_of_ends_on_and_the_last_of_them_is_known()
    {
        var list = new PoisonList(poisonAfter: 2, _time);
        Assert.That(list.IsEmpty);
        Assert.That(list.Add(7, new IOException("the first end")), Is.EqualTo(1));
        Assert.That(list.IsEmpty, Is.False);
        Assert.That(list.IsPoison(7, out _, out _), Is.False);
        Assert.That(list.Add(7, End), Is.EqualTo(2));
        Assert.That(list.IsPoison(7, out var ends, out var last));
        Assert.That((ends, last), Is.EqualTo((2, End)));
        Assert.That(list.IsPoison(8, out _, out _), Is.False);
    }

    [Test]
    public void An_end_is_forgotten_an_hour_after_the_last()
    {
        var list = new PoisonList(poisonAfter: 2, _time);
        list.Add(7, End);
        _time.Advance(PoisonList.KeptFor / 2);
        list.Add(7, End);
        _time.Advance((PoisonList.KeptFor / 2) + TimeSpan.FromSeconds(1));
        Assert.That(list.IsPoison(7, out _, out _));
        _time.Advance(PoisonList.KeptFor / 2);
        Assert.That(list.IsPoison(7, out _, out _), Is.False);
        Assert.That(list.IsEmpty);
        Assert.That(list.Add(7, End), Is.EqualTo(1));
    }

    [Test]
    public void The_one_whose_last_end_is_longest_ago_makes_room()
    {
        var list = new PoisonList(poisonAfter: 1, _time);
        for (ulong job = 0; job < PoisonList.Capacity; job++)
        {
            list.Add(job, End);
        }

        list.Add(0, End); // is not the oldest any more
        list.Add(ulong.MaxValue, End);
        Assert.That(list.IsPoison(0, out _, out _));
        Assert.That(list.IsPoison(1, out _, out _), Is.False);
        Assert.That(list.IsPoison(2, out _, out _));
    }

    [Test]
    public void A_job_is_known_by_its_key_or_else_by_its_bytes_and_frames()
    {
        using var pool = new FramePool(3, 64);
        using var first = TestFrames.Publish(pool, sequence: 1);
        using var second = TestFrames.Publish(pool, sequence: 2);
        using var other = TestFrames.Publish(pool, camera: "other", sequence: 1);
        ulong[] different =
        [
            JobFingerprint.Of(null, [], []),
            JobFingerprint.Of("", [], []),
            JobFingerprint.Of("a", [], []),
            JobFingerprint.Of("b", [], []),
            JobFingerprint.Of(null, [0], []),
            JobFingerprint.Of(null, [0, 0], []),
            JobFingerprint.Of(null, new byte[8], []),
            JobFingerprint.Of(null, new byte[9], []),
            JobFingerprint.Of(null, "a\0"u8, []),
            JobFingerprint.Of(null, [], [first]),
            JobFingerprint.Of(null, [], [second]),
            JobFingerprint.Of(null, [], [other]),
            JobFingerprint.Of(null, [], [first, second]),
            JobFingerprint.Of(null, [], [second, first]),
        ];
        Assert.That(different, Is.Unique);
        Assert.That(JobFingerprint.Of("a", "x"u8, [first]), Is.EqualTo(JobFingerprint.Of("a", "y"u8, [])));
        using var again = first.AddLease("test");
        Assert.That(JobFingerprint.Of(null, "x"u8, [first]), Is.EqualTo(JobFingerprint.Of(null, "x"u8, [again])));
    }

    [Test]
    public void Requests_that_differ_in_a_number_have_fingerprints_of_their_own()
    {
        var prints = Enumerable.Range(0, 100_000).Select(number => JobFingerprint.Of(null, Encoding.UTF8.GetBytes(number.ToString("D9", CultureInfo.InvariantCulture)), []));
        Assert.That(prints.Distinct().Count(), Is.EqualTo(100_000));
    }
}
