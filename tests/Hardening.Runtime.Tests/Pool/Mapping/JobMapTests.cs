using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Hardening.Pool;
using Hardening.Pool.Mapping;

namespace Hardening.Runtime.Tests.Pool.Mapping;

[CancelAfter(60_000)]
public sealed class JobMapTests
{
    private static readonly JobContract<int, int> Numbers = JobContract.Create<int, int>(
        (output, number) => output.Write(BitConverter.GetBytes(number)), input => BitConverter.ToInt32(input), (output, number) => output.Write(BitConverter.GetBytes(number)), input => BitConverter.ToInt32(input));

    [Test]
    public async Task Outcomes_come_in_the_order_of_the_requests_whatever_order_the_jobs_end_in(CancellationToken timeout)
    {
        var pool = new ScriptedBulkPool { Answer = static _ => null };
        var told = new List<int>();
        var map = Task.Run(async () =>
        {
            await foreach (var outcome in Ordered(pool, Enumerable.Range(0, 8), timeout))
            {
                Assert.That(outcome.Index, Is.EqualTo(told.Count));
                lock (told)
                {
                    told.Add(outcome.Result);
                }
            }
        }, timeout);
        await Eventually.HoldsAsync(() => pool.Held.Count == 8, "all are under way", timeout);
        foreach (var job in pool.Held.Reverse().Take(7))
        {
            await ScriptedBulkPool.EndAsync(job, job.Request.ToArray());
        }

        lock (told)
        {
            Assert.That(told, Is.Empty, "the first has not ended");
        }

        await ScriptedBulkPool.EndAsync(pool.Held.First(), pool.Held.First().Request.ToArray());
        await map;
        Assert.That(told, Is.EqualTo(Enumerable.Range(0, 8)));
    }

    [Test]
    public async Task Outcomes_come_as_the_jobs_end_where_no_order_is_asked_for(CancellationToken timeout)
    {
        var pool = new ScriptedBulkPool { Answer = static _ => null };
        await using var map = Unordered(pool, Enumerable.Range(0, 4), timeout).GetAsyncEnumerator(timeout);
        var first = map.MoveNextAsync();
        await Eventually.HoldsAsync(() => pool.Held.Count == 4, "all are under way", timeout);
        foreach (var index in (int[])[2, 0, 3, 1])
        {
            var job = pool.Held.Single(job => job.Index == index);
            await ScriptedBulkPool.EndAsync(job, job.Request.ToArray());
            Assert.That(await first);
            Assert.That((map.Current.Index, map.Current.Result), Is.EqualTo((index, index)));
            first = map.MoveNextAsync();
        }

        Assert.That(await first, Is.False);
    }

    [Test]
    public async Task The_source_is_not_read_further_ahead_than_the_bound(CancellationToken timeout)
    {
        var read = 0;
        var pool = new ScriptedBulkPool { LookAhead = 5, Time = new ManualTimeProvider() }; // on a clock that stands still the bound does not grow
        await using var map = Ordered(pool, Source(), timeout).GetAsyncEnumerator(timeout);
        for (var taken = 1; taken <= 20; taken++)
        {
            Assert.That(await map.MoveNextAsync());
            Assert.That(Volatile.Read(ref read), Is.InRange(taken, taken + 5));
        }

        IEnumerable<int> Source()
        {
            while (true)
            {
                yield return Interlocked.Increment(ref read);
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_failure_is_the_outcome_of_its_own_job_alone(bool isOrdered, CancellationToken timeout)
    {
        var pool = new ScriptedBulkPool { Answer = static request => request[0] == 2 ? null : request };
        var failure = new InvalidOperationException("two");
        var map = ToListAsync(JobMap.Of(pool, new ContractMapFormat<int, int>(Numbers), Enumerable.Range(0, 5), isOrdered, default, timeout));
        await Eventually.HoldsAsync(() => pool.Held.Count == 1, "the one is held", timeout);
        await ScriptedBulkPool.FailAsync(pool.Held.Single(), failure);
        var outcomes = (await map).OrderBy(outcome => outcome.Index).ToList();
        Assert.That(outcomes.Select(outcome => outcome.IsSuccess), Is.EqualTo([true, true, false, true, true]));
        Assert.That(outcomes[2].Failure, Is.SameAs(failure));
        Assert.That(() => outcomes[2].Result, Throws.Exception.SameAs(failure));
    }

    [Test]
    public async Task A_request_that_cannot_be_written_or_sent_and_a_result_that_cannot_be_read_fail_alone(CancellationToken timeout)
    {
        var contract = JobContract.Create<int, int>(
            (output, number) => output.Write(number == 1 ? throw new NotSupportedException("written") : new byte[number == 2 ? 101 : 1]),
            input => 0,
            (output, _) => { },
            input => input.Length == 0 ? 0 : throw new FormatException("read"));
        var pool = new ScriptedBulkPool { Answer = static _ => [] };
        var broken = new ScriptedBulkPool();
        var outcomes = await ToListAsync(JobMap.Of(pool, new ContractMapFormat<int, int>(contract), Enumerable.Range(0, 4), isOrdered: true, default, timeout));
        Assert.That(outcomes.Select(outcome => outcome.Failure?.GetType()), Is.EqualTo([null, typeof(NotSupportedException), typeof(ArgumentException), null]));
        Assert.That(pool.Submitted, Is.EqualTo(4), "The pool counts each, and refuses two.");
        outcomes = await ToListAsync(JobMap.Of(broken, new ContractMapFormat<int, int>(contract), [0], isOrdered: true, default, timeout));
        Assert.That(outcomes.Single().Failure, Is.InstanceOf<FormatException>());
    }

    [Test]
    public async Task What_the_source_throws_comes_after_the_outcomes_of_what_it_gave_before(CancellationToken timeout)
    {
        var isDisposed = false;
        var told = new List<int>();
        var thrown = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var outcome in Ordered(new ScriptedBulkPool(), Source(), timeout))
            {
                told.Add(outcome.Result);
            }
        });
        Assert.That(thrown!.Message, Is.EqualTo("the source"));
        Assert.That(told, Is.EqualTo([1, 2]));
        Assert.That(isDisposed);

        IEnumerable<int> Source()
        {
            try
            {
                yield return 1;
                yield return 2;
                throw new IOException("the source");
            }
            finally
            {
                isDisposed = true;
            }
        }
    }

    [Test]
    public async Task Ending_the_enumeration_early_cancels_what_is_under_way_and_disposes_the_source(CancellationToken timeout)
    {
        var isDisposed = new TaskCompletionSource();
        var pool = new ScriptedBulkPool { Answer = static request => request[0] == 0 ? request : null };
        await foreach (var outcome in Ordered(pool, Source(), timeout))
        {
            await Eventually.HoldsAsync(() => pool.Held.Count == 7, "the others are under way", timeout);
            break;
        }

        Assert.That(pool.Cancelled.Select(job => job.Index), Is.EquivalentTo(Enumerable.Range(1, 7)));
        await isDisposed.Task.WaitAsync(timeout);
        Assert.That(pool.Submitted, Is.EqualTo(8));
        await ScriptedBulkPool.EndAsync(pool.Held.First(), [1]); // an answer that comes too late goes nowhere

        IEnumerable<int> Source()
        {
            try
            {
                for (var i = 0; i < 8; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                isDisposed.SetResult();
            }
        }
    }

    [Test]
    public async Task The_token_ends_the_enumeration_with_its_own_exception_and_what_is_under_way(CancellationToken timeout)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var pool = new ScriptedBulkPool { Answer = static _ => null };
        var map = ToListAsync(Ordered(pool, Enumerable.Range(0, 3), stop.Token));
        await Eventually.HoldsAsync(() => pool.Held.Count == 3, "all are under way", timeout);
        await stop.CancelAsync();
        var thrown = await Assert.CatchAsync<OperationCanceledException>(() => map);
        Assert.That(thrown!.CancellationToken, Is.EqualTo(stop.Token));
        Assert.That(pool.Cancelled, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_source_that_blocks_holds_nobody_up(CancellationToken timeout)
    {
        using var requests = new BlockingCollection<int>(boundedCapacity: 100);
        for (var i = 0; i < 7; i++)
        {
            requests.Add(i, timeout);
        }

        var pool = new ScriptedBulkPool { Answer = static _ => null };
        var map = Unordered(pool, Consume(), timeout).GetAsyncEnumerator(timeout);
        var next = map.MoveNextAsync();
        await Eventually.HoldsAsync(() => pool.Held.Count >= 4, "workers have their fill", timeout);
        for (var ended = 0; ended < 7; ended++)
        {
            await Eventually.HoldsAsync(() => pool.Held.Count > ended, "a request that was read is sent although the source gives no other", timeout);
            await ScriptedBulkPool.EndAsync(pool.Held.ElementAt(ended), [1, 0, 0, 0]);
            Assert.That(await next);
            next = map.MoveNextAsync();
        }

        requests.CompleteAdding();
        Assert.That(await next, Is.False);
        await map.DisposeAsync();

        IEnumerable<int> Consume() => requests.GetConsumingEnumerable(timeout);
    }

    [Test]
    public async Task Leaving_does_not_wait_for_a_source_that_blocks_for_ever(CancellationToken timeout)
    {
        using var never = new ManualResetEventSlim();
        var isDisposed = new TaskCompletionSource();
        await foreach (var outcome in Ordered(new ScriptedBulkPool(), Source(), timeout))
        {
            break;
        }

        Assert.That(isDisposed.Task.IsCompleted, Is.False);
        never.Set();
        await isDisposed.Task.WaitAsync(timeout); // by the thread that was blocked

        IEnumerable<int> Source()
        {
            try
            {
                yield return 1;
                never.Wait(TimeSpan.FromSeconds(50), timeout);
                yield return 2;
            }
            finally
            {
                isDisposed.SetResult();
            }
        }
    }

    [Test]
    public async Task An_asynchronous_source_is_read_with_a_token_that_ends_with_the_enumeration(CancellationToken timeout)
    {
        var source = Channel.CreateBounded<int>(10);
        source.Writer.TryWrite(7);
        CancellationToken seen = default;
        await foreach (var outcome in JobMap.Of(new ScriptedBulkPool(), new ContractMapFormat<int, int>(Numbers), ReadAsync(CancellationToken.None), isOrdered: true, default, timeout))
        {
            Assert.That(outcome.Result, Is.EqualTo(7));
            break;
        }

        Assert.That(seen.IsCancellationRequested);

        async IAsyncEnumerable<int> ReadAsync([EnumeratorCancellation] CancellationToken stop)
        {
            seen = stop;
            await foreach (var number in source.Reader.ReadAllAsync(stop))
            {
                yield return number;
            }
        }
    }

    [Test]
    public async Task The_options_hold_for_each_job(CancellationToken timeout)
    {
        var limits = new ConcurrentBag<(long, int, string?)>();
        var pool = new ScriptedBulkPool { OnSubmit = job => limits.Add((job.Limits.Timeout, job.Limits.MaxAttempts, job.Limits.Key)) };
        await ToListAsync(JobMap.Of(pool, new ContractMapFormat<int, int>(Numbers), [1, 2], isOrdered: true, new JobOptions { Timeout = TimeSpan.FromTicks(5), MaxAttempts = 3, Key = "k" }, timeout));
        Assert.That(limits, Is.EqualTo([(5, 3, "k"), (5, 3, "k")]));
    }

    [Test]
    public async Task Each_enumeration_begins_anew(CancellationToken timeout)
    {
        var pool = new ScriptedBulkPool();
        var map = Ordered(pool, [1, 2, 3], timeout);
        Assert.That((await ToListAsync(map)).Select(outcome => outcome.Result), Is.EqualTo([1, 2, 3]));
        Assert.That((await ToListAsync(map)).Select(outcome => outcome.Result), Is.EqualTo([1, 2, 3]));
        Assert.That(pool.Submitted, Is.EqualTo(6));
    }

    [Test]
    public async Task An_empty_source_has_no_outcomes(CancellationToken timeout) =>
        Assert.That(await ToListAsync(Ordered(new ScriptedBulkPool(), [], timeout)), Is.Empty);

    [TestCase(true)]
    [TestCase(false)]
    public async Task Many_jobs_that_end_on_many_threads_are_each_told_once(bool isOrdered, CancellationToken timeout)
    {
        const int Count = 200_000;
        using var pool = new ThreadedBulkPool(threads: 3);
        var seen = new bool[Count];
        var last = -1L;
        await foreach (var outcome in JobMap.Of(pool, new ContractMapFormat<int, int>(Numbers), Enumerable.Range(0, Count), isOrdered, default, timeout))
        {
            Assert.That(outcome.Result == outcome.Index && !seen[outcome.Index] && (!isOrdered || outcome.Index == last + 1), $"outcome {outcome.Index} is {outcome.Result}, after {last}");
            seen[outcome.Index] = true;
            last = outcome.Index;
        }

        Assert.That(seen, Has.None.False);
    }

    private static IAsyncEnumerable<JobOutcome<int>> Ordered(IBulkPool pool, IEnumerable<int> requests, CancellationToken cancellation) =>
        JobMap.Of(pool, new ContractMapFormat<int, int>(Numbers), requests, isOrdered: true, default, cancellation);

    private static IAsyncEnumerable<JobOutcome<int>> Unordered(IBulkPool pool, IEnumerable<int> requests, CancellationToken cancellation) =>
        JobMap.Of(pool, new ContractMapFormat<int, int>(Numbers), requests, isOrdered: false, default, cancellation);

    private static async Task<List<JobOutcome<T>>> ToListAsync<T>(IAsyncEnumerable<JobOutcome<T>> map)
    {
        var outcomes = new List<JobOutcome<T>>();
        await foreach (var outcome in map)
        {
            outcomes.Add(outcome);
        }

        return outcomes;
    }
}
