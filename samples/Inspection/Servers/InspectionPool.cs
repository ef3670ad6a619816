using Hardening.Camera;
using Hardening.Pool;
using Inspection.CommandLine;
using Inspection.Live;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The inspection in worker processes: this application again, which runs <see cref="InspectionWorker"/> instead of <c>Main</c>. Started before the pipeline, stopped after it.</summary>
internal sealed class InspectionPool : IAsyncDisposable
{
    private static readonly TimeSpan JobLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);

    private readonly ProcessPool _pool;
    private readonly LeasedPictures _pictures;
    private readonly int _workers;

    /// <summary>Makes a pool without a worker yet.</summary>
    /// <param name="options">How many workers, and how large their pictures are.</param>
    /// <param name="cameras">The cameras, each of which keeps one picture.</param>
    /// <param name="runId">Marks the workers of this run.</param>
    public InspectionPool(InspectionOptions options, IReadOnlyCollection<string> cameras, string runId)
    {
        _workers = options.Workers;
        _pictures = new LeasedPictures(cameras);
        var limits = new ProcessPoolOptions
        {
            Workers = options.Workers,
            JobTimeout = JobLimit,
            StopGracePeriod = EndLimit,
            ResultSlots = cameras.Count + (2 * options.Workers), // the pictures kept, those being drawn, and as many that a worker had when it ended
            ResultSlotBytes = Annotation.Bytes(options.Width, options.Height),
        };
        _pool = new ProcessPool(NameFor(runId), WorkerCommand.ThisApplication<InspectionWorker>(), limits);
    }

    /// <summary>The name of the pool of a run, which its workers have in their environment.</summary>
    public static string NameFor(string runId) => $"inspection-{runId}";

    /// <summary>Has the pool inspect the frames of a pipeline: they stay where they are, and neither side allocates anything for one.</summary>
    public void AddStage(FramePipelineBuilder pipeline, FrameResult<DefectReport> reports, LanePolicy lane) =>
        pipeline.PoolStage(
            "inspect", _pool, request: null,
            (in frame, in result) =>
            {
                reports.Set(frame, DefectReport.Read(result.Payload));
                if (result.HasFrame)
                {
                    _pictures.Keep(frame.Info.Camera, result.Frame.AddLease("picture"));
                }
            },
            stage => stage.Lane = lane);

    /// <summary>Shows the workers and their jobs on the page, where there is one.</summary>
    public void ShowOn(LivePage? live) => live?.Show(_pool);

    /// <summary>Starts the workers, and waits until all are ready.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _pool.StartAsync(cancellationToken);

    /// <summary>Ends the workers; none is left when it returns.</summary>
    public Task StopAsync()
    {
        _pictures.Dispose();
        return _pool.StopAsync(CancellationToken.None);
    }

    /// <summary>What has become of jobs and workers so far.</summary>
    public PoolAccount GetAccount()
    {
        var now = _pool.Statistics;
        return new PoolAccount(
            _workers, now.Submitted, now.Succeeded, now.Failed, now.TimedOut, now.Cancelled, now.Rejected, now.Queued + now.Running, now.StartedWorkers, now.Restarts, now.Kills);
    }

    public ValueTask DisposeAsync()
    {
        _pictures.Dispose();
        return _pool.DisposeAsync();
    }
}

/// <summary>What became of the jobs and the worker processes of a run.</summary>
/// <param name="Workers">How many take jobs at the same time.</param>
/// <param name="Jobs">Jobs in all: a frame each.</param>
/// <param name="Succeeded">Jobs with a result.</param>
/// <param name="Failed">Jobs without: they threw, or their worker ended.</param>
/// <param name="TimedOut">Jobs that took too long.</param>
/// <param name="Cancelled">Jobs that were given up.</param>
/// <param name="Rejected">Jobs that were never begun.</param>
/// <param name="Unfinished">Jobs that wait or run.</param>
/// <param name="Started">Workers started in all, the spare one included.</param>
/// <param name="Restarts">Those in the place of one that had ended by itself, or was ended.</param>
/// <param name="Kills">Workers ended by force.</param>
internal sealed record PoolAccount(
    int Workers, long Jobs, long Succeeded, long Failed, long TimedOut, long Cancelled, long Rejected, long Unfinished, long Started, long Restarts, long Kills)
{
    /// <summary>Whether every job is accounted for.</summary>
    public bool AddsUp => Jobs == Succeeded + Failed + TimedOut + Cancelled + Rejected + Unfinished;
}
