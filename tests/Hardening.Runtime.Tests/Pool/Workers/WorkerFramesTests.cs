using Hardening.Camera;
using Hardening.Pool;
using Hardening.Pool.Jobs;
using Hardening.Pool.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hardening.Runtime.Tests.Pool.Workers;

/// <summary>Memory that a worker was given to write into: whose it is when the job ends one way or another.</summary>
[Platform("Linux")]
public sealed class WorkerFramesTests : IDisposable
{
    private readonly FramePool _results = new(slots: 1, slotBytes: 64);
    private readonly WorkerCrew _crew = new();
    private readonly ProcessPoolMetrics _metrics;
    private readonly WorkerFrames _frames;
    private readonly AwaitedJob _job = new(new JobCache(bound: 0));

    public WorkerFramesTests()
    {
        var time = new ManualTimeProvider();
        _metrics = new ProcessPoolMetrics(meters: null, "test", () => _crew.Read(default));
        _frames = new WorkerFrames(new PoolContext
        {
            Name = "test",
            Command = WorkerCommand.Command("none"),
            Options = new ProcessPoolOptions(),
            Setup = new WorkerSetup { Pool = "test", ChannelBytes = 16 << 10, MaxMessageBytes = 4096, StopGracePeriod = TimeSpan.Zero, Logger = NullLogger.Instance, Time = time },
            Time = time,
            Logger = NullLogger.Instance,
            Dispatcher = new JobDispatcher("test", 1, PoolFullMode.Wait, time),
            Metrics = _metrics,
            Tracing = new JobTracing("test", time),
            Poison = new PoisonList(1, time),
            Results = _results,
        });
    }

    public void Dispose()
    {
        _metrics.Dispose();
        _crew.Dispose();
        _results.Dispose();
    }

    [Test]
    public void What_a_job_has_not_used_is_free_with_its_answer()
    {
        _frames.RentOutput(_job);
        Assert.That(_results.Rented, Is.EqualTo(1));

        WorkerFrames.TakeBackOutput(_job);
        Assert.That(_results.Rented, Is.Zero);
    }

    [Test]
    public void What_a_worker_had_when_it_ended_is_not_free_before_its_last_process_is_gone()
    {
        _frames.RentOutput(_job);
        _frames.Keep(_job);
        WorkerFrames.TakeBackOutput(_job); // the job goes on its way without it
        Assert.That(_results.Rented, Is.EqualTo(1));

        _frames.RentOutput(_job);
        Assert.That(_job.Output.IsEmpty, Is.True, "it was given to a second worker");

        _frames.Release();
        Assert.That(_results.Rented, Is.Zero);
    }
}
