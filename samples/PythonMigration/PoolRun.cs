using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Hardening.Camera;
using Hardening.Pool;

namespace PythonMigration;

/// <summary>One run: a camera, and a pool whose workers measure each of its frames. The camera is the same in every run, down to the last pixel.</summary>
internal static class PoolRun
{
    private const int Workers = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1); // of the camera, for a worker that comes free

    public static async Task<RunFigures> RunAsync(string name, string poolName, WorkerCommand worker, int frames, CancellationToken stop)
    {
        var request = JsonSerializer.SerializeToUtf8Bytes(new MeasureRequest(Limit: 200), MeasureJson.Default.MeasureRequest);
        var results = new ConcurrentDictionary<long, byte[]>();
        var times = new ConcurrentBag<TimeSpan>();
        var pool = new ProcessPool(poolName, worker, new ProcessPoolOptions { Workers = Workers, SpareWorkers = 0, JobTimeout = TimeSpan.FromSeconds(30) });
        await using (pool.ConfigureAwait(false))
        {
            await pool.StartAsync(stop).ConfigureAwait(false);
            var pipeline = new FramePipelineBuilder("migration")
                .FromSynthetic(new SyntheticFrameSourceOptions { Name = "web", Width = 320, Height = 240, Frames = frames, FrameRate = null })
                .Stage("measure", MeasureFrame, Workers, LanePolicy.Block(4, Patience), parallelPerCamera: Workers)
                .Build();
            await using (pipeline.ConfigureAwait(false))
            {
                var cpu = PoolProcesses.CpuTime(poolName);
                var begin = Stopwatch.GetTimestamp();
                await pipeline.StartAsync(stop).ConfigureAwait(false);
                await pipeline.Completion.WaitAsync(stop).ConfigureAwait(false);
                var elapsed = Stopwatch.GetElapsedTime(begin);
                cpu = PoolProcesses.CpuTime(poolName) - cpu;
                await pool.StopAsync(stop).ConfigureAwait(false);
                return new RunFigures(name, frames, results, [.. times.Order()], elapsed, cpu, pool.Statistics.Succeeded, PoolProcesses.Count(poolName));
            }
        }

        // In the stage nothing is known of processes or languages: a frame goes in, bytes come out.
        void MeasureFrame(in Frame frame, CancellationToken cancelled)
        {
            var begin = Stopwatch.GetTimestamp();
            using var lease = frame.Lease("measure");
            using var result = pool.Run(request, lease, cancellationToken: cancelled);
            results[lease.Info.Sequence] = result.Payload.ToArray();
            times.Add(Stopwatch.GetElapsedTime(begin));
        }
    }
}

/// <summary>What one run gave.</summary>
internal sealed record RunFigures(
    string Name, int Frames, IReadOnlyDictionary<long, byte[]> Results, IReadOnlyList<TimeSpan> Times, TimeSpan Elapsed, TimeSpan WorkerCpu, long Succeeded, int ChildrenLeft)
{
    public int Lost => Frames - Results.Count;

    /// <summary>How many frames have another result than in the other run.</summary>
    public int DifferencesFrom(RunFigures other) =>
        other.Results.Count(entry => !Results.TryGetValue(entry.Key, out var mine) || !mine.AsSpan().SequenceEqual(entry.Value)) + Results.Keys.Except(other.Results.Keys).Count();
}
