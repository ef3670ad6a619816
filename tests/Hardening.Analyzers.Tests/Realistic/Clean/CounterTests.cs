using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NUnit.Framework;

namespace Metrics.Tests;

public sealed class WindowCounter(TimeSpan window, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _stamps = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                Trim();
                return _stamps.Count;
            }
        }
    }

    public void Add()
    {
        lock (_gate)
        {
            _stamps.Enqueue(time.GetTimestamp());
            Trim();
        }
    }

    private void Trim()
    {
        while (_stamps.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > window)
        {
            _stamps.Dequeue();
        }
    }
}

public sealed class CounterTests
{
    [Test]
    public void Counts_what_many_threads_add()
    {
        var counter = new WindowCounter(TimeSpan.FromMinutes(1), TimeProvider.System);
        using var start = new ManualResetEventSlim();
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            start.Wait();
            for (var i = 0; i < 1_000; i++)
            {
                counter.Add();
            }
        })
        { IsBackground = true }).ToArray();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        start.Set();
        foreach (var thread in threads)
        {
            Assert.That(thread.Join(TimeSpan.FromSeconds(10)));
        }

        Assert.That(counter.Count, Is.EqualTo(8_000));
    }

    [Test]
    public void Forgets_what_is_older_than_the_window()
    {
        var counter = new WindowCounter(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        counter.Add();
        Thread.Sleep(100);
        counter.Add();
        Assert.That(counter.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Can_be_read_while_it_is_written()
    {
        var counter = new WindowCounter(TimeSpan.FromSeconds(10), TimeProvider.System);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                counter.Add();
            }
        });
        var clock = Stopwatch.StartNew();
        while (!writer.IsCompleted)
        {
            Assert.That(counter.Count, Is.GreaterThanOrEqualTo(0));
            await Task.Delay(5);
        }

        await writer;
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [TestCase(2)]
    [TestCase(16)]
    public void Adds_in_parallel(int degree)
    {
        var counter = new WindowCounter(TimeSpan.FromMinutes(1), TimeProvider.System);
        Parallel.For(0, 500, new ParallelOptions { MaxDegreeOfParallelism = degree }, _ => counter.Add());
        Assert.That(counter.Count, Is.EqualTo(500));
    }
}
