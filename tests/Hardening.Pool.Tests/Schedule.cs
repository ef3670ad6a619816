using System.Collections.Concurrent;
using System.Text;

namespace Hardening.Pool.Tests;

/// <summary>
/// A random life of a pool: its options, its jobs, what they do to their workers, and what befalls these from outside, all from one seed. Each job must end in a way that its kind and its fate allow,
/// with its own answer, and the pool must have counted what its callers have seen.
/// </summary>
internal sealed class Schedule(int seed)
{
    private static readonly TimeSpan JobTimeout = TimeSpan.FromMilliseconds(700);

    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<string, int> _ends = new();
    private readonly List<Task> _jobs = [];
    private readonly List<CancellationTokenSource> _cancellations = [];
    private long _rejectedBefore;

    public async Task RunAsync(int steps, CancellationToken timeout)
    {
        var options = Options();
        await using var pool = await TestPool.StartAsync(timeout, chosen => Copy(options, chosen));
        try
        {
            for (var step = 0; step < steps; step++)
            {
                await StepAsync(pool, step, timeout);
            }

            await EndAsync(pool, timeout);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new AssertionException($"Seed {seed}: it did not come to its end: {pool.Statistics}; {Told()}", e);
        }
        finally
        {
            _cancellations.ForEach(cancellation => cancellation.Dispose());
        }

        await pool.DisposeAsync();
        Check(pool.Statistics);
    }

    private ProcessPoolOptions Options() => new()
    {
        Workers = _random.Next(1, 4),
        SpareWorkers = _random.Next(0, 2),
        QueueCapacity = _random.Next(1, 12),
        WhenFull = (PoolFullMode)_random.Next(3),
        JobTimeout = JobTimeout,
        CancelGracePeriod = TimeSpan.FromMilliseconds(_random.Next(0, 200)),
        MaxAttempts = _random.Next(1, 4),
        PoisonAfter = _random.Next(2, 5),
        MaxJobsPerWorker = _random.Next(3) == 0 ? _random.Next(5, 30) : null,
        StopGracePeriod = TimeSpan.FromMilliseconds(500),
        FirstRestartDelay = TimeSpan.FromMilliseconds(1),
        MaxRestartDelay = TimeSpan.FromMilliseconds(50),
        MaxStartFailures = 1000, // those that are killed before their first job count too
        ChannelBytes = 16 << 10,
    };

    private static void Copy(ProcessPoolOptions from, ProcessPoolOptions to)
    {
        foreach (var property in typeof(ProcessPoolOptions).GetProperties())
        {
            property.SetValue(to, property.GetValue(from));
        }
    }

    private async Task StepAsync(TestPool pool, int step, CancellationToken timeout)
    {
        switch (_random.Next(100))
        {
            case < 60:
                Submit(pool, $"echo {seed}.{step}", timeout);
                break;
            case < 64:
                Submit(pool, $"throw {seed}.{step}", timeout);
                break;
            case < 67:
                Submit(pool, $"exit {_random.Next(1, 100)}", timeout);
                break;
            case < 69:
                Submit(pool, "sleep 1000", timeout);
                break;
            case < 71:
                Submit(pool, $"large {_random.Next(1, 200_000)}", timeout);
                break;
            case < 73:
                Submit(pool, "wait", timeout);
                break;
            case < 74:
                Submit(pool, "garbage", timeout);
                break;
            case < 78:
                Call(pool, $"echo {seed}.{step}", timeout);
                break;
            case < 81:
                _jobs.Add(MapAsync(pool, step, _random.Next(1, 200), _random.Next(2) == 0 ? _random.Next(1, 50) : int.MaxValue, timeout));
                break;
            case < 86 when _cancellations.Count > 0:
                await _cancellations[_random.Next(_cancellations.Count)].CancelAsync();
                break;
            case < 90 when Leftovers.Workers() is { Count: > 0 } workers:
                Signals.Send(_random.Next(4) == 0 ? "STOP" : "KILL", workers[_random.Next(workers.Count)].Id);
                break;
            case < 95:
                await Task.WhenAny([Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20)), timeout), .. _jobs]); // lets some end
                break;
            default:
                await Task.Yield();
                break;
        }
    }

    private void Submit(TestPool pool, string request, CancellationToken timeout)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        _cancellations.Add(cancellation);
        var options = _random.Next(4) == 0 ? new JobOptions { MaxAttempts = _random.Next(1, 4), SoftTimeout = JobTimeout / 2 } : default;
        _jobs.Add(ObserveAsync(request, () => pool.RunAsync(request, options, cancellation.Token)));
    }

    private void Call(TestPool pool, string request, CancellationToken timeout)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        _cancellations.Add(cancellation);
        _jobs.Add(ObserveAsync(request, () => Task.Factory.StartNew(
            () =>
            {
                using var result = pool.Pool.Run(Encoding.UTF8.GetBytes(request), default, cancellation.Token);
                return Encoding.UTF8.GetString(result.Payload);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    private async Task MapAsync(TestPool pool, int step, int count, int most, CancellationToken timeout)
    {
        var requests = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"echo {seed}.{step}.{i}"));
        var told = 0;
        await foreach (var outcome in pool.Pool.MapAsync(requests, default, timeout))
        {
            Assert.That(outcome.Index, Is.EqualTo(told), $"seed {seed}");
            await ObserveAsync($"echo {seed}.{step}.{outcome.Index}", () => Task.FromResult(Encoding.UTF8.GetString(outcome.Result)));
            if (++told == most)
            {
                return; // the rest is cancelled, and nobody sees how it ends
            }
        }

        Assert.That(told, Is.EqualTo(Math.Min(count, most)), $"seed {seed}: outcomes of a map are missing");
    }

    private async Task ObserveAsync(string request, Func<Task<string>> run)
    {
        var end = "succeeded";
        try
        {
            var answer = await run();
            var (word, argument) = request.Split(' ', 2) is [var first, var second] ? (first, second) : (request, "");
            var expected = word switch { "echo" => argument, "large" => new string('x', int.Parse(argument, System.Globalization.CultureInfo.InvariantCulture)), "garbage" => "garbage", _ => null };
            Assert.That(answer, Is.EqualTo(expected), $"seed {seed}: the answer to '{request}'");
        }
        catch (Exception e) when (e is not AssertionException)
        {
            end = Name(e, request);
        }

        _ends.AddOrUpdate(end, 1, static (_, count) => count + 1);
    }

    private string Name(Exception end, string request)
    {
        switch (end)
        {
            case OperationCanceledException:
                return "cancelled";
            case JobTimedOutException:
                return "timed_out";
            case PoolFullException or PoolUnavailableException { IsStopped: true }:
                Interlocked.Increment(ref _rejectedBefore);
                return "not_done";
            case JobFailedException failed:
                Assert.That(request, Does.StartWith("throw").Or.StartWith("wait"), $"seed {seed}: {failed}");
                return "not_done";
            case WorkerExitedException or WorkerProtocolException or PoisonJobException:
                return "not_done";
            default:
                throw new AssertionException($"Seed {seed}: '{request}' ended in a way that no job should: {end}", end);
        }
    }

    private async Task EndAsync(TestPool pool, CancellationToken timeout)
    {
        if (_random.Next(2) == 0)
        {
            await Task.WhenAll(_jobs).WaitAsync(timeout);
        }

        using var cut = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        if (_random.Next(2) == 0)
        {
            cut.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(500)));
        }

        await pool.Pool.StopAsync(cut.Token).WaitAsync(timeout);
        await Task.WhenAll(_jobs).WaitAsync(timeout);
    }

    private void Check(ProcessPoolStatistics end)
    {
        var text = $"seed {seed}: {end}; the callers saw {Told()}";
        Assert.That(Seen("succeeded"), Is.LessThanOrEqualTo(end.Succeeded), text); // those of a map that was left are not seen
        Assert.That(Seen("timed_out"), Is.LessThanOrEqualTo(end.TimedOut), text);
        Assert.That(Seen("not_done"), Is.LessThanOrEqualTo(end.Failed + end.Rejected), text);
        Assert.That(_ends.Values.Sum(), Is.LessThanOrEqualTo(end.Submitted + Seen("cancelled")), text); // a token that was cancelled before submits nothing
        Assert.That(Leftovers.Workers(), Is.Empty, text);
    }

    private int Seen(string end) => _ends.GetValueOrDefault(end);

    private string Told() => string.Join(", ", _ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => $"{end.Key} {end.Value}"));
}
