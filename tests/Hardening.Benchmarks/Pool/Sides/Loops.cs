namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>The loops that measure: one job at a time, or several callers that each have one under way. A first part that is not counted, then the time that is.</summary>
internal sealed class Loops(TimeProvider time, SideSettings settings)
{
    private const int MostSamples = 1 << 20;

    /// <summary>How many callers there are at once, as in the measurements of the design.</summary>
    public const int Callers = 8;

    /// <summary>One after the other, each with its time, on this thread. The function says whether the result of the job with this number was right.</summary>
    public PoolMeasurement InTurn(Func<long, bool> job)
    {
        var times = new long[MostSamples];
        Run(settings.WarmUp, times, job);
        var begin = Account.Open(time);
        var (jobs, right) = Run(settings.Time, times, job);
        return WithTimes(begin.Close(time, jobs, right), times);
    }

    /// <inheritdoc cref="InTurn"/>
    public async Task<PoolMeasurement> InTurnAsync(Func<long, ValueTask<bool>> job)
    {
        var times = new long[MostSamples];
        await RunAsync(settings.WarmUp, times, job);
        var begin = Account.Open(time);
        var (jobs, right) = await RunAsync(settings.Time, times, job);
        return WithTimes(begin.Close(time, jobs, right), times);
    }

    /// <summary>Several callers, each of which goes on with the next job when it has its result.</summary>
    public async Task<PoolMeasurement> AtOnceAsync(int callers, Func<long, ValueTask<bool>> job)
    {
        await CallAsync(callers, settings.WarmUp, job);
        return await OverAsync(() => CallAsync(callers, settings.Time, job));
    }

    /// <summary>Several threads, each of which waits for its job.</summary>
    public async Task<PoolMeasurement> OnThreadsAsync(int threads, Func<long, bool> job)
    {
        await CallOnThreadsAsync(threads, settings.WarmUp, job);
        return await OverAsync(() => CallOnThreadsAsync(threads, settings.Time, job));
    }

    /// <summary>Measures what the function does in the time that it is given; it says how many jobs that were, and whether all results were right.</summary>
    public async Task<PoolMeasurement> WholeAsync(Func<TimeSpan, Task<(long Jobs, bool Right)>> jobs)
    {
        await jobs(settings.WarmUp);
        return await OverAsync(() => jobs(settings.Time));
    }

    /// <summary>Items as long as there is time.</summary>
    public IEnumerable<T> Until<T>(TimeSpan length, Func<long, T> item)
    {
        var end = time.GetTimestamp() + (long)(length.TotalSeconds * time.TimestampFrequency);
        for (var number = 0L; (number & 15) != 0 || (time.GetTimestamp() < end && !settings.Stop.IsCancellationRequested); number++) // the clock costs something too
        {
            yield return item(number);
        }
    }

    private async Task<PoolMeasurement> OverAsync(Func<Task<(long Jobs, bool Right)>> run)
    {
        var begin = Account.Open(time);
        var (jobs, right) = await run();
        return begin.Close(time, jobs, right);
    }

    private async Task<(long Jobs, bool Right)> CallAsync(int callers, TimeSpan length, Func<long, ValueTask<bool>> job)
    {
        var running = new Task<(long Jobs, bool Right)>[callers];
        for (var caller = 0; caller < callers; caller++)
        {
            var first = (long)caller << 32;
            running[caller] = Task.Run(() => RunAsync(length, null, number => job(first + number)).AsTask(), settings.Stop);
        }

        var done = await Task.WhenAll(running);
        return (done.Sum(caller => caller.Jobs), Array.TrueForAll(done, caller => caller.Right));
    }

    private async Task<(long Jobs, bool Right)> CallOnThreadsAsync(int threads, TimeSpan length, Func<long, bool> job)
    {
        var running = Enumerable.Range(0, threads).Select(thread => Task.Run(() => Run(length, null, number => job(((long)thread << 32) + number)), settings.Stop)).ToArray();
        var done = await Task.WhenAll(running);
        return (done.Sum(caller => caller.Jobs), Array.TrueForAll(done, caller => caller.Right));
    }

    private async ValueTask<(long Jobs, bool Right)> RunAsync(TimeSpan length, long[]? times, Func<long, ValueTask<bool>> job)
    {
        var (jobs, right) = (0L, true);
        var now = time.GetTimestamp();
        var end = now + (long)(length.TotalSeconds * time.TimestampFrequency);
        while (now < end && !settings.Stop.IsCancellationRequested)
        {
            right &= await job(jobs);
            var later = time.GetTimestamp();
            if (times is not null)
            {
                times[jobs % MostSamples] = later - now;
            }

            now = later;
            jobs++;
        }

        return (jobs, right);
    }

    private (long Jobs, bool Right) Run(TimeSpan length, long[]? times, Func<long, bool> job)
    {
        var (jobs, right) = (0L, true);
        var now = time.GetTimestamp();
        var end = now + (long)(length.TotalSeconds * time.TimestampFrequency);
        while (now < end && !settings.Stop.IsCancellationRequested)
        {
            right &= job(jobs);
            var later = time.GetTimestamp();
            if (times is not null)
            {
                times[jobs % MostSamples] = later - now;
            }

            now = later;
            jobs++;
        }

        return (jobs, right);
    }

    private PoolMeasurement WithTimes(PoolMeasurement measured, long[] times)
    {
        var known = times.AsSpan(0, (int)Math.Min(measured.Jobs, MostSamples));
        known.Sort();
        return measured with { P50 = Microseconds(known[known.Length / 2]), P99 = Microseconds(known[(int)(known.Length * 0.99)]) };
    }

    private double Microseconds(long ticks) => ticks * 1e6 / time.TimestampFrequency;

    // What there was before, to be taken from what there is after.
    private readonly record struct Account(long Begin, TimeSpan Cpu, long Allocated)
    {
        public static Account Open(TimeProvider time)
        {
            var cpu = TreeCpu.Now();
            return new Account(time.GetTimestamp(), cpu, GC.GetTotalAllocatedBytes(precise: true));
        }

        public PoolMeasurement Close(TimeProvider time, long jobs, bool right)
        {
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - Allocated;
            var elapsed = time.GetElapsedTime(Begin);
            return new PoolMeasurement
            {
                Jobs = jobs,
                Seconds = elapsed.TotalSeconds,
                Cpu = (TreeCpu.Now() - Cpu).TotalMicroseconds / jobs,
                Allocated = allocated / (double)jobs,
                Wrong = right ? null : "a result is not what was sent",
            };
        }
    }
}
