using System.Collections.Concurrent;
using System.Globalization;
using Hardening.Camera;

namespace Hardening.Runtime.Tests.Camera;

[Platform("Linux")]
public sealed class FrameThreadTests
{
    [Test, CancelAfter(60_000)]
    public async Task Threads_run_where_and_as_urgently_as_told(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        var source = new StatusSource();
        var work = new ConcurrentQueue<(string Processors, int Nice, int Policy)>();
        await using var pipeline = new FramePipelineBuilder("test") { Options = new FramePipelineOptions { CaptureThreads = { Processors = [0], Nice = 3 } } }
            .From(source)
            .Stage("work", (in _, _) => work.Enqueue(Placement()), new FrameStageOptions { Threads = { Processors = [0], Nice = 5 } })
            .Build(loggers: log);
        await pipeline.StartAsync(timeout);
        source.Inner.Send();
        source.Inner.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(log.Records.Where(r => r.EventId == 4009), Is.Empty);
        Assert.That(source.Seen, Is.EqualTo(("0", 3, 0)));
        Assert.That(work, Is.EqualTo(new[] { ("0", 5, 0) }));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_the_system_refuses_is_a_warning_that_says_how_to_get_it(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        var source = new ScriptedFrameSource();
        await using var pipeline = new FramePipelineBuilder("test")
            .From(source).Stage("work", (in _, _) => { }, new FrameStageOptions { Threads = { Processors = [8191] } }).Build(loggers: log);
        await pipeline.StartAsync(timeout);
        source.Send();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        Assert.That(log.Records.Single(r => r.EventId == 4009).Message, Does.Contain("work#0").And.Contain("processors 8191"));
        Assert.That(pipeline.GetStatistics().Cameras[0].Processed, Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task Runs_in_real_time_where_that_is_allowed(CancellationToken timeout)
    {
        using var log = new LogRecorder();
        var policy = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var source = new ScriptedFrameSource();
        await using var pipeline = new FramePipelineBuilder("test")
            .From(source).Stage("work", (in _, _) => policy.TrySetResult(Placement().Policy), new FrameStageOptions { Threads = { RealTimePriority = 1 } }).Build(loggers: log);
        await pipeline.StartAsync(timeout);
        source.Send();
        source.End();
        await pipeline.Completion.WaitAsync(timeout);
        var refused = log.Records.Any(r => r.EventId == 4009);
        Assert.That(await policy.Task.WaitAsync(timeout), Is.EqualTo(refused ? 0 : 2), "SCHED_RR is 2");
    }

    // What the system says of the calling thread: proc_pid_status(5) and the 19th and 41st field of proc_pid_stat(5).
    private static (string Processors, int Nice, int Policy) Placement()
    {
        var status = File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var stat = File.ReadAllText("/proc/thread-self/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the third and on
        return (status.Split('\t')[1], int.Parse(fields[19 - 3], CultureInfo.InvariantCulture), int.Parse(fields[41 - 3], CultureInfo.InvariantCulture));
    }

    private sealed class StatusSource : IFrameSource
    {
        public ScriptedFrameSource Inner { get; } = new();

        public (string Processors, int Nice, int Policy) Seen { get; private set; }

        public string Name => Inner.Name;

        public int DriverBuffers => 0;

        public FrameFormat Open(FrameSourceContext context, CancellationToken cancellationToken)
        {
            Seen = Placement();
            return Inner.Open(context, cancellationToken);
        }

        public void Start(FramePool pool) => Inner.Start(pool);

        public FrameRead Read(TimeSpan timeout, CancellationToken cancellationToken) => Inner.Read(timeout, cancellationToken);

        public void Stop() => Inner.Stop();

        public void Dispose() => Inner.Dispose();
    }
}
