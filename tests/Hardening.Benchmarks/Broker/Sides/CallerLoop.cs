namespace Hardening.Benchmarks.Broker.Sides;

/// <summary>Several callers, each of which goes on with the next job when it has its result, and takes the time of each.</summary>
internal sealed class CallerLoop(TimeProvider time, int callers, CancellationToken stop)
{
    private const int MostSamples = 1 << 18; // of each caller

    /// <summary>Runs for this long.</summary>
    /// <param name="length">How long.</param>
    /// <param name="job">The job of a caller; whether its result was right.</param>
    /// <returns>The times of all jobs, in order, in ticks of the clock; and whether all were right.</returns>
    public async Task<(long[] Times, bool Right)> RunAsync(TimeSpan length, Func<int, ValueTask<bool>> job)
    {
        var running = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(length, () => job(caller)), stop)).ToList();
        var done = await Task.WhenAll(running);
        long[] times = [.. done.SelectMany(caller => caller.Times)];
        Array.Sort(times);
        return (times, Array.TrueForAll(done, caller => caller.Right));
    }

    private async Task<(List<long> Times, bool Right)> CallAsync(TimeSpan length, Func<ValueTask<bool>> job)
    {
        var times = new List<long>();
        var right = true;
        var now = time.GetTimestamp();
        var end = now + (long)(length.TotalSeconds * time.TimestampFrequency);
        while (now < end && times.Count < MostSamples)
        {
            stop.ThrowIfCancellationRequested();
            right &= await job();
            var later = time.GetTimestamp();
            times.Add(later - now);
            now = later;
        }

        return (times, right);
    }
}
