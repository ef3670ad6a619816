using Hardening.Pool;
using Hardening.Pool.Jobs;

namespace Hardening.Runtime.Tests.Pool;

public sealed class ProcessPoolMetricsTests
{
    private static readonly ProcessPoolStatistics Now = new()
    {
        Submitted = 21, Succeeded = 5, Failed = 4, TimedOut = 3, Cancelled = 2, Rejected = 1, Queued = 4, Running = 2, Retries = 9,
        ReadyWorkers = 3, StartingWorkers = 1, SpareWorkers = 1, StartedWorkers = 11, Restarts = 2, Recycles = 1, Kills = 1, StartFailures = 0,
    };

    [Test]
    public void Counts_are_read_when_they_are_collected_and_times_are_recorded_as_they_come()
    {
        var name = Guid.NewGuid().ToString();
        using var recorder = new MetricRecorder();
        using var metrics = new ProcessPoolMetrics(meters: null, name, () => Now);
        Assert.That(metrics.IsTimed);
        metrics.Began(TimeSpan.FromSeconds(1));
        foreach (var end in Enum.GetValues<JobEnd>())
        {
            metrics.Ended(end, TimeSpan.FromSeconds(2));
        }

        foreach (var end in Enum.GetValues<WorkerEnd>())
        {
            metrics.WorkerExited(end);
        }

        var ours = recorder.Collect().Where(record => name.Equals(record.Tags.GetValueOrDefault("hardening.pool.name"))).ToList();
        Assert.That(ours.Where(record => record.Tags.Count == 1).ToDictionary(record => record.Name, record => record.Value), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["hardening.process.worker.active"] = 5,
            ["hardening.process.worker.started"] = 11,
            ["hardening.process.job.queued"] = 4,
            ["hardening.process.job.running"] = 2,
            ["hardening.process.job.attempt"] = 9,
            ["hardening.process.job.rejected"] = 1,
            ["hardening.process.job.wait"] = 1,
        }));
        Assert.That(
            ours.Where(record => record.Name == "hardening.process.job.duration").Select(record => record.Tags["hardening.job.outcome"]),
            Is.EqualTo(["succeeded", "failed", "timed_out", "cancelled", "rejected"]));
        Assert.That(
            ours.Where(record => record.Name == "hardening.process.worker.exit").Select(record => record.Tags["hardening.exit.reason"]),
            Is.EqualTo(["asked", "recycled", "crashed", "timed_out", "cancelled", "over_memory", "protocol", "start_failed"]));
    }

    [Test]
    public void A_job_costs_no_allocation_with_a_listener_or_without()
    {
        using var metrics = new ProcessPoolMetrics(meters: null, Guid.NewGuid().ToString(), () => Now);
        Record();
        Assert.That(Allocated(), Is.Zero);
        using var listener = new System.Diagnostics.Metrics.MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        Record();
        Assert.That(Allocated(), Is.Zero);

        long Allocated()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                Record();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void Record()
        {
            metrics.Began(TimeSpan.FromSeconds(1));
            metrics.Ended(JobEnd.Succeeded, TimeSpan.FromSeconds(1));
        }
    }
}
