using Hardening.Pool;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>CPU time while nothing happens, in microseconds a second.</summary>
internal static class Idle
{
    private const int Workers = 8;

    // Until the runtimes have compiled what they compile in the background, and ended the threads that they do not need.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(6);

    public static async Task<PoolMeasurement> PoolAsync(TimeProvider time, SideSettings settings)
    {
        await using var pool = await OurPool.StartAsync(WorkerCommand.ThisApplication<EchoHandler>(), settings with { Workers = Workers }, spares: 1);
        var request = Payloads.Request();
        for (var job = 0; job < 100 * Workers; job++)
        {
            using var result = await pool.RunAsync(request);
        }

        return await WatchAsync(time, settings);
    }

    /// <summary>The same for this program without a pool: what the runtime itself uses.</summary>
    public static async Task<PoolMeasurement> WatchAsync(TimeProvider time, SideSettings settings)
    {
        for (var look = 0; look < 30; look++) // what it needs is compiled, and compiled better, before it counts: with a dozen processes a look is hot code
        {
            TreeCpu.Now();
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, settings.Stop);
        }

        await Task.Delay(settings.Time * 4 < Settle ? settings.Time * 4 : Settle, time, settings.Stop);
        var before = TreeCpu.Each();
        var own = Environment.CpuUsage.TotalTime; // between the two looks at the others, which are no part of it
        var begin = time.GetTimestamp();
        await Task.Delay(settings.Time * 4, time, settings.Stop);
        own = Environment.CpuUsage.TotalTime - own;
        var others = TreeCpu.Each().Where(process => process.Key != Environment.ProcessId).Sum(process => before.TryGetValue(process.Key, out var first) ? process.Value - first : 0); // a look can miss one of them
        var used = own + TimeSpan.FromMicroseconds(others / 1000.0);
        var elapsed = time.GetElapsedTime(begin).TotalSeconds;
        return new PoolMeasurement { Jobs = 1, Seconds = elapsed, P50 = used.TotalMicroseconds / elapsed };
    }
}
