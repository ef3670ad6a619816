using System.Text;
using Microsoft.Extensions.Logging;

namespace Hardening.Pool.Tests;

/// <summary>A pool whose workers do what a request says (Hardening.TestWorker, ScriptedHandler.cs). At its end the counts must add up, and no worker may be left.</summary>
internal sealed class TestPool : IAsyncDisposable
{
    private static readonly string WorkerPath = Path.Combine(AppContext.BaseDirectory, "Hardening.TestWorker.dll");

    private readonly HashSet<ScannedProcess> _seen = [];

    private TestPool(ProcessPool pool, LogRecorder log) => (Pool, Log) = (pool, log);

    public static WorkerCommand Scripted => WorkerCommand.Executable(WorkerPath, "pool-worker");

    public ProcessPool Pool { get; }

    public LogRecorder Log { get; }

    public ProcessPoolStatistics Statistics => Pool.Statistics;

    /// <summary>Makes a pool of two workers and none to spare, unless the test says otherwise, and starts it.</summary>
    public static async Task<TestPool> StartAsync(CancellationToken timeout, Action<ProcessPoolOptions>? configure = null, WorkerCommand? worker = null, TimeProvider? time = null)
    {
        var pool = Make(configure, worker, time);
        await pool.Pool.StartAsync(timeout);
        return pool;
    }

    public static TestPool Make(Action<ProcessPoolOptions>? configure = null, WorkerCommand? worker = null, TimeProvider? time = null)
    {
        var options = new ProcessPoolOptions { Workers = 2, SpareWorkers = 0 };
        configure?.Invoke(options);
        var log = new LogRecorder();
        return new TestPool(new ProcessPool("test", worker ?? Scripted, options, time, log), log);
    }

    /// <summary>Does a job and gives its answer.</summary>
    public async Task<string> RunAsync(string request, JobOptions options = default, CancellationToken cancellation = default)
    {
        using var result = await Pool.RunAsync(Encoding.UTF8.GetBytes(request), options, cancellation);
        return Encoding.UTF8.GetString(result.Payload);
    }

    /// <summary>The process of a worker: whichever takes the job.</summary>
    public async Task<int> WorkerIdAsync(CancellationToken timeout) => Note(int.Parse(await RunAsync("pid", default, timeout), System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>This process must be gone at the end.</summary>
    public int Note(int processId)
    {
        if (ProcessScan.Find(processId) is { } process)
        {
            _seen.Add(process);
        }

        return processId;
    }

    public Task ReadyAsync(int workers, CancellationToken timeout) =>
        Eventually.HoldsAsync(() => Statistics.ReadyWorkers == workers, $"{workers} workers are ready: {Statistics}", timeout);

    public Task RunningAsync(int jobs, CancellationToken timeout) => Eventually.HoldsAsync(() => Statistics.Running == jobs, $"{jobs} jobs run: {Statistics}", timeout);

    public Task QueuedAsync(int jobs, CancellationToken timeout) => Eventually.HoldsAsync(() => Statistics.Queued == jobs, $"{jobs} jobs wait: {Statistics}", timeout);

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        var end = Statistics;
        Assert.That(end.Submitted, Is.EqualTo(end.Succeeded + end.Failed + end.TimedOut + end.Cancelled + end.Rejected), $"the counts do not add up: {end}");
        Assert.That((end.Queued, end.Running), Is.EqualTo((0L, 0L)), $"jobs are left: {end}");
        Assert.That((end.ReadyWorkers, end.StartingWorkers, end.SpareWorkers), Is.EqualTo((0, 0, 0)), $"workers are left: {end}");
        Assert.That(_seen.Where(process => process.IsAlive), Is.Empty, "workers are left");
        Assert.That(Log.Records.Where(record => record.Level == LogLevel.Critical), Is.Empty);
    }
}
