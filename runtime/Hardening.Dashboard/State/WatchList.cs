using Hardening.Camera;
using Hardening.Dashboard.Pictures;
using Hardening.Pool;
using Hardening.Processes;

namespace Hardening.Dashboard.State;

/// <summary>What the dashboard shows. For any thread; whoever reads gets arrays that do not change.</summary>
internal sealed class WatchList
{
    private readonly Lock _gate = new();
    private int _cameras;

    public WatchedPipeline[] Pipelines { get; private set; } = [];

    public ProcessPool[] Pools { get; private set; } = [];

    public RestartingProcess[] Kept { get; private set; } = [];

    /// <summary>A pipeline of the same name, which has ended in all likelihood, makes room.</summary>
    public void Add(FramePipeline pipeline, PictureSink? pictures)
    {
        string[] cameras = [.. pipeline.GetStatistics().Cameras.Select(camera => camera.Camera)];
        lock (_gate)
        {
            var added = new WatchedPipeline(pipeline, pictures, _cameras, cameras);
            _cameras += cameras.Length; // a number is never used for another camera
            Pipelines = [.. Pipelines.Where(other => other.Pipeline.Name != pipeline.Name), added];
        }
    }

    public void Add(ProcessPool pool)
    {
        lock (_gate)
        {
            Pools = [.. Pools.Where(other => other.Name != pool.Name), pool];
        }
    }

    public void Add(RestartingProcess process)
    {
        lock (_gate)
        {
            Kept = [.. Kept.Where(other => other.Name != process.Name), process];
        }
    }
}

/// <summary>A pipeline that is shown.</summary>
/// <param name="Pipeline">It.</param>
/// <param name="Pictures">Its sink for pictures; null where it has none.</param>
/// <param name="FirstIndex">The number of its first camera.</param>
/// <param name="Cameras">The names of its cameras.</param>
internal sealed record WatchedPipeline(FramePipeline Pipeline, PictureSink? Pictures, int FirstIndex, IReadOnlyList<string> Cameras);
