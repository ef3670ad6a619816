using Hardening.Stalls.Sampling;

namespace Hardening.Runtime.Tests.Stalls.Sampling;

public sealed class SampleRingTests
{
    private const int Samples = 8;
    private const int Rows = 50;

    [Test]
    public void Keeps_the_last_samples_the_oldest_first_and_gives_those_of_a_time()
    {
        var ring = new SampleRing(Samples, Rows);
        for (var i = 1; i <= 20; i++)
        {
            Add(ring, i, rows: 2);
        }

        Assert.That(ring.Copy(0, 100).Select(sample => sample.Sample.Time), Is.EqualTo(Enumerable.Range(13, Samples)));
        Assert.That(ring.Copy(15, 17).Select(sample => sample.Sample.Time), Is.EqualTo(new[] { 15, 16, 17 }));
        Assert.That(ring.Copy(15, 17)[0].Threads.Select(row => row.RunTime), Is.EqualTo(new[] { 15, 15 }));
        Assert.That(ring.Copy(99, 100), Is.Empty);
    }

    [Test]
    public void Rows_that_are_written_over_are_counted_and_their_sample_stays()
    {
        var ring = new SampleRing(Samples, Rows);
        Add(ring, 1, rows: 30);
        Add(ring, 2, rows: 30);
        var copies = ring.Copy(0, 100);
        Assert.That(copies.Select(copy => (copy.Sample.Time, copy.Threads.Count, copy.Sample.Process.Omitted)), Is.EqualTo(new[] { (1L, 0, 30), (2L, 30, 0) }));
        Add(ring, 3, rows: 2 * Rows);
        Assert.That(ring.Copy(3, 3)[0].Threads, Has.Count.EqualTo(Rows));
    }

    [Test, CancelAfter(60_000)]
    public void A_copy_beside_a_fast_writer_is_never_torn(CancellationToken timeout)
    {
        var ring = new SampleRing(Samples, Rows);
        var stop = false;
        var writer = new Thread(() =>
        {
            for (var i = 1L; !Volatile.Read(ref stop); i++)
            {
                Add(ring, i, rows: (int)(i % 12));
            }
        });
        writer.Start();
        var whole = 0;
        var overwritten = 0;
        try
        {
            while ((whole < 20_000 || overwritten == 0) && !timeout.IsCancellationRequested)
            {
                var last = 0L;
                foreach (var copy in ring.Copy(0, long.MaxValue))
                {
                    var (time, rows) = (copy.Sample.Time, copy.Threads);
                    Assert.That(time, Is.GreaterThan(last));
                    Assert.That((copy.Sample.Host.Forks, copy.Sample.Runtime.GcPause), Is.EqualTo((time, time)));
                    Assert.That(rows.Count + copy.Sample.Process.Omitted, Is.EqualTo(time % 12));
                    Assert.That(rows.All(row => row.RunTime == time && row.InvoluntarySwitches == time), "rows of another sample");
                    last = time;
                    whole++;
                    overwritten += copy.Sample.Process.Omitted > 0 ? 1 : 0;
                }
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writer.Join(TimeSpan.FromSeconds(20));
        }

        Assert.That(whole, Is.GreaterThanOrEqualTo(20_000));
    }

    private static void Add(SampleRing ring, long time, int rows)
    {
        Span<ThreadSample> threads = new ThreadSample[rows];
        threads.Fill(new ThreadSample { ThreadId = 1, RunTime = time, InvoluntarySwitches = time });
        ring.Add(new Sample { Time = time, Host = new HostSample { Forks = time }, Runtime = new RuntimeSample { GcPause = time } }, threads);
    }
}
