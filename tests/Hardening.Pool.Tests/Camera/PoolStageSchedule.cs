using System.Globalization;
using System.Text;
using Hardening.Camera;

namespace Hardening.Pool.Tests.Camera;

/// <summary>
/// A random life of a pipeline and the pool that works for it, all from one seed: jobs that fail, end their workers, or take too long, workers that are killed, cameras that go and come back, a stop at
/// any time. The books of frames and of jobs add up and agree, and nothing is left.
/// </summary>
internal sealed class PoolStageSchedule(int seed)
{
    private static readonly TimeSpan JobTimeout = TimeSpan.FromMilliseconds(700);

    private readonly Random _random = new(seed);
    private readonly List<LineCamera> _cameras = [];
    private long _asked;
    private long _answered;

    public async Task RunAsync(int steps, CancellationToken timeout)
    {
        await using var pool = await TestPool.StartAsync(timeout, Configure);
        await using var line = new WatchedLine(Options());
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            _cameras.Add(line.AddCamera(string.Create(CultureInfo.InvariantCulture, $"c{i}")));
        }

        line.Builder.PoolStage(line.Name("work"), pool.Pool, Ask, (in _, in _) => Interlocked.Increment(ref _answered), stage =>
        {
            stage.Workers = _random.Next(1, 5);
            stage.ParallelPerCamera = _random.Next(1, 4);
            stage.Lane = LanePolicy.DropOldest(_random.Next(1, 8));
        });
        await line.StartAsync(timeout);
        for (var step = 0; step < steps; step++)
        {
            await StepAsync(line, timeout);
        }

        await line.EndAsync(timeout);
        await pool.Pool.StopAsync(timeout);
        Check(line, pool.Statistics);
    }

    private void Configure(ProcessPoolOptions options)
    {
        (options.Workers, options.SpareWorkers, options.QueueCapacity, options.WhenFull) = (_random.Next(1, 4), _random.Next(2), _random.Next(1, 4), (PoolFullMode)_random.Next(3));
        (options.JobTimeout, options.CancelGracePeriod, options.MaxAttempts, options.PoisonAfter) = (JobTimeout, TimeSpan.FromMilliseconds(_random.Next(100)), _random.Next(1, 3), _random.Next(2, 5));
        (options.FirstRestartDelay, options.MaxRestartDelay, options.MaxStartFailures) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(50), 1000);
    }

    private FramePipelineOptions Options()
    {
        var options = WatchedLine.Patient();
        options.DrainTimeout = _random.Next(2) == 0 ? TimeSpan.Zero : options.DrainTimeout;
        (options.Reconnect.FirstDelay, options.Reconnect.MaxDelay) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));
        return options;
    }

    private async Task StepAsync(WatchedLine line, CancellationToken timeout)
    {
        var camera = _cameras[_random.Next(_cameras.Count)];
        switch (_random.Next(100))
        {
            case < 60:
                camera.Send(_random.Next(1, 6));
                break;
            case < 63:
                camera.Break();
                break;
            case < 66:
                camera.Send(1, FrameStatus.Incomplete);
                break;
            case < 70 when Leftovers.Workers() is { Count: > 0 } workers:
                Signals.Send(_random.Next(4) == 0 ? "STOP" : "KILL", workers[_random.Next(workers.Count)].Id);
                break;
            case < 90:
                var ended = line.Statistics.Cameras.Sum(one => one.Processed + one.Dropped); // lets some frame come to its end
                using (var moment = CancellationTokenSource.CreateLinkedTokenSource(timeout))
                {
                    moment.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(1, 30)));
                    while (!moment.IsCancellationRequested && line.Statistics.Cameras.Sum(one => one.Processed + one.Dropped) == ended)
                    {
                        await Task.Yield();
                    }
                }

                break;
            default:
                await Task.Yield();
                break;
        }
    }

    private void Ask(in Frame frame, System.Buffers.IBufferWriter<byte> request)
    {
        Interlocked.Increment(ref _asked);
        var text = (HashCode(frame) % 40) switch
        {
            0 => "throw told to",
            1 => "exit 3",
            2 => "sleep 0.02",
            3 => "large 100000",
            4 when frame.Info.Sequence % 3 == 0 => "sleep 1000",
            5 when frame.Info.Sequence % 3 == 0 => "garbage",
            _ => string.Create(CultureInfo.InvariantCulture, $"echo {frame.Info.Sequence}"),
        };
        Encoding.UTF8.GetBytes(text, request);
    }

    private uint HashCode(in Frame frame)
    {
        var hash = ((uint)seed * 16777619u) ^ ((uint)frame.Info.Camera[^1] * 2654435761u) ^ ((uint)frame.Info.Sequence * 2246822519u);
        return hash ^ (hash >> 13);
    }

    private void Check(WatchedLine line, ProcessPoolStatistics jobs)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {line.Describe()}; {jobs}");
        var cameras = line.Statistics.Cameras;
        var drops = cameras.SelectMany(camera => camera.Drops).ToLookup(drop => drop.Reason, drop => drop.Count);
        var processed = cameras.Sum(camera => camera.Processed);
        Assert.That(_answered, Is.InRange(processed, processed + drops[FrameDropReason.Stopping].Sum()).And.LessThanOrEqualTo(jobs.Succeeded), text); // one that is done may stand behind one that is not, and be given up with it
        Assert.That(drops[FrameDropReason.WorkerFailed].Sum() + drops[FrameDropReason.WorkersBusy].Sum(), Is.EqualTo(jobs.Failed + jobs.TimedOut + jobs.Rejected), text);
        Assert.That(_asked, Is.GreaterThanOrEqualTo(jobs.Submitted), text); // one that is asked to stop before it submits does not
        Assert.That(drops[FrameDropReason.StageFailed].Sum() + drops[FrameDropReason.NoBuffer].Sum(), Is.Zero, text);
        Assert.That(line.Statistics.AbandonedThreads, Is.Zero, text);
    }
}
