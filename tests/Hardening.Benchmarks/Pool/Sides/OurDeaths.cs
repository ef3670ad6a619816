using System.Text;
using Hardening.Benchmarks.Measuring;
using Hardening.Interop;
using Hardening.Pool;
using Hardening.Processes;

namespace Hardening.Benchmarks.Pool.Sides;

/// <summary>What the death of a worker costs: until its caller knows, and until another works in its place.</summary>
internal sealed class OurDeaths(TimeProvider time, SideSettings settings)
{
    public const string HangKind = "hang";

    private const int SIGKILL = 9;
    private const int Least = 3;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public async Task<PoolMeasurement> MeasureAsync()
    {
        var directory = Directory.CreateTempSubdirectory("hardening-benchmark-").FullName;
        await using var pool = await OurPool.StartAsync(WorkerCommand.ThisApplication<HangingHandler>(), settings with { Workers = 1 }, spares: 1);
        try
        {
            List<double> noticed = [];
            List<double> replaced = [];
            string? wrong = null;
            var begin = time.GetTimestamp();
            while (noticed.Count < Least || time.GetElapsedTime(begin) < settings.Time * 2)
            {
                await UntilAsync(() => pool.Statistics is { ReadyWorkers: 1, SpareWorkers: 1 });
                using (await pool.RunAsync(ReadOnlyMemory<byte>.Empty))
                {
                    // The worker is warm.
                }

                var path = Path.Combine(directory, $"{noticed.Count}");
                var hanging = FailAsync(pool, path);
                await UntilAsync(() => File.Exists(path));
                var processId = int.Parse(await File.ReadAllTextAsync(path), provider: null);
                await Task.Delay(Settle, time, settings.Stop);
                var pidfd = Libc.OpenPidFd(processId);
                var killed = time.GetTimestamp();
                Libc.TrySignal(pidfd, SIGKILL);
                var (failure, at) = await hanging;
                using (await pool.RunAsync(ReadOnlyMemory<byte>.Empty))
                {
                    replaced.Add(time.GetElapsedTime(at).TotalMicroseconds);
                }

                noticed.Add(time.GetElapsedTime(killed, at).TotalMicroseconds);
                _ = Libc.close(pidfd);
                wrong ??= failure is WorkerExitedException { Signal: SIGKILL } ? null : $"a killed worker's job ended with {failure?.Message ?? "a result"}";
            }

            noticed.Sort();
            return new PoolMeasurement
            {
                Jobs = noticed.Count,
                Seconds = time.GetElapsedTime(begin).TotalSeconds,
                P50 = Series.Median(noticed),
                P99 = noticed[(int)(noticed.Count * 0.99)],
                Extra = Series.Median(replaced),
                Wrong = wrong,
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>A process like a worker, without a pool: until the system says that it has ended.</summary>
    public async Task<PoolMeasurement> MeasureFloorAsync()
    {
        var directory = Directory.CreateTempSubdirectory("hardening-benchmark-").FullName;
        try
        {
            List<double> noticed = [];
            var begin = time.GetTimestamp();
            while (noticed.Count < Least || time.GetElapsedTime(begin) < settings.Time * 2)
            {
                var path = Path.Combine(directory, $"{noticed.Count}");
                await using var process = SupervisedProcess.Start(PoolSide.Program(PoolSide.PeerVerb, HangKind, path, "0"), new SupervisionOptions { StopGracePeriod = TimeSpan.Zero });
                await UntilAsync(() => File.Exists(path));
                await Task.Delay(Settle, time, settings.Stop);
                var pidfd = Libc.OpenPidFd(process.Id);
                var ended = Task.Factory.StartNew(() => (Libc.Poll([new PollEntry(pidfd)], (int)Limit.TotalMilliseconds), time.GetTimestamp()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                await Task.Delay(Settle, time, settings.Stop);
                var killed = time.GetTimestamp();
                Libc.TrySignal(pidfd, SIGKILL);
                noticed.Add(time.GetElapsedTime(killed, (await ended).Item2).TotalMicroseconds);
                _ = Libc.close(pidfd);
            }

            noticed.Sort();
            return new PoolMeasurement { Jobs = noticed.Count, Seconds = time.GetElapsedTime(begin).TotalSeconds, P50 = Series.Median(noticed), P99 = noticed[(int)(noticed.Count * 0.99)] };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The process that is killed there.</summary>
    public static void Hang(string path)
    {
        File.Create(path).Dispose();
        Thread.Sleep(Limit);
    }

    private async Task<(Exception? Failure, long At)> FailAsync(ProcessPool pool, string path)
    {
        try
        {
            using var result = await pool.RunAsync(Encoding.UTF8.GetBytes(path));
            return (null, time.GetTimestamp());
        }
        catch (Exception e) when (e is IOException or TimeoutException or InvalidOperationException)
        {
            return (e, time.GetTimestamp());
        }
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var begin = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(begin) > Limit)
            {
                throw new BenchmarkException($"the pool was not as it should be within {Limit.TotalSeconds} s");
            }

            await Task.Delay(Look, time, settings.Stop);
        }
    }
}
