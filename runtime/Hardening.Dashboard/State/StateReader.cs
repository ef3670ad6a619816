using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Hardening.Camera;
using Hardening.Dashboard.Pictures;
using Hardening.Pool;
using Hardening.Processes;

namespace Hardening.Dashboard.State;

/// <summary>Looks at everything. One look at a time.</summary>
internal sealed class StateReader(WatchList watched, StallLog stalls, PoolMeters meters, Func<BrowsersState> browsers, string application, TimeProvider time)
{
    private readonly Rates _rates = new(time);
    private readonly ChildProcesses _children = new(time);
    private readonly byte[] _buffer = new byte[1024];
    private readonly HostState _host = new(
        Environment.MachineName, application, Environment.ProcessId, Started(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription);

    public DashboardState Read()
    {
        _rates.Begin();
        var pipelines = Array.ConvertAll(watched.Pipelines, pipeline => (Watched: pipeline, Now: pipeline.Pipeline.GetStatistics()));
        var tree = ProcessTree.Status;
        var wasSupervised = tree is not { SupervisorId: null, LostSupervisors: 0, LeftProcesses: 0, EndedOrphans: 0 };
        return new DashboardState
        {
            Time = time.GetUtcNow(),
            Host = _host,
            Process = ReadProcess(),
            Cameras = [.. from pipeline in pipelines from camera in pipeline.Now.Cameras.Index() select Tell(pipeline.Watched, camera.Index, camera.Item)],
            Pipelines = [.. from pipeline in pipelines select new PipelineState(pipeline.Watched.Pipeline.Name, pipeline.Now.HeldBuffers, pipeline.Now.AbandonedThreads, [.. pipeline.Now.Stages.Select(Tell)])],
            Pools = [.. watched.Pools.Select(Tell)],
            Supervisor = wasSupervised
                ? new SupervisorState(
                    tree.SupervisorId, tree.Containment is { } containment ? CamelCase(containment.ToString()) : null, tree.IsGuarded, tree.RunningTrees, tree.LeftProcesses, tree.LostSupervisors, tree.EndedOrphans)
                : null,
            Kept = [.. watched.Kept.Select(process => new KeptState(process.Name, CamelCase(process.State.ToString()), process.Current?.Id, process.Restarts, process.LastExit?.ToString()))],
            Children = _children.Read(tree.SupervisorId),
            Stalls = stalls.Latest(),
            Browsers = browsers(),
        };
    }

    private static DateTimeOffset Started()
    {
        using var self = Process.GetCurrentProcess();
        return self.StartTime.ToUniversalTime();
    }

    private ProcessState ReadProcess()
    {
        var used = Environment.CpuUsage;
        var threads = OperatingSystem.IsLinux() ? ProcStat.Read("/proc/self/stat", _buffer)?.Threads ?? 0 : 0;
        return new ProcessState(
            used.UserTime.TotalSeconds, used.PrivilegedTime.TotalSeconds, _rates.Of("process", "", used.TotalTime.Ticks) / TimeSpan.TicksPerSecond, Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), threads);
    }

    private CameraState Tell(WatchedPipeline watchedPipeline, int number, CameraStatistics camera)
    {
        var format = camera.Format;
        return new CameraState
        {
            Index = watchedPipeline.FirstIndex + number,
            Pipeline = watchedPipeline.Pipeline.Name,
            Camera = camera.Camera,
            State = camera.State switch
            {
                Camera.CameraState.Starting => "starting",
                Camera.CameraState.Streaming => "running",
                Camera.CameraState.Silent => "silent",
                Camera.CameraState.Reconnecting => "missing",
                Camera.CameraState.Failed => "failed",
                _ => "stopped",
            },
            Failure = camera.Failure?.Message,
            Width = format?.Width,
            Height = format?.Height,
            PixelFormat = format?.PixelFormat.ToString(),
            NominalRate = format?.FrameRate,
            FramesPerSecond = _rates.Of(watchedPipeline.Pipeline.Name, camera.Camera, camera.Received),
            Received = camera.Received,
            Incomplete = camera.ReceivedIncomplete,
            Processed = camera.Processed,
            InFlight = camera.InFlight,
            Lost = camera.Lost,
            Gaps = camera.Gaps,
            MissedInSilence = camera.MissedInSilence,
            Dropped = [.. camera.Drops.Select(drop => new DropState(drop.Edge, JsonNamingPolicy.SnakeCaseLower.ConvertName(drop.Reason.ToString()), drop.Count))],
            Outages = camera.Outages,
            Reconnects = camera.Reconnects,
            SilenceSeconds = camera.SilentTime.TotalSeconds,
            Latency = Histograms.Tell(watchedPipeline.Pipeline.GetLatencies(camera.Camera)),
            HasThumbnail = watchedPipeline.Pictures?.Shows(camera.Camera, format?.PixelFormat) ?? false,
        };
    }

    private static StageState Tell(FrameStageStatistics stage) => new(stage.Stage, stage.Hanging, Histograms.Tell(stage.Wait), Histograms.Tell(stage.Work));

    private PoolState Tell(ProcessPool pool)
    {
        var now = pool.Statistics;
        var ended = now.Succeeded + now.Failed + now.TimedOut + now.Cancelled;
        return new PoolState
        {
            Name = pool.Name,
            Workers = now.Workers,
            Ready = now.ReadyWorkers,
            Starting = now.StartingWorkers,
            Spare = now.SpareWorkers,
            Busy = Math.Min(now.Running, now.ReadyWorkers),
            Queued = now.Queued,
            Running = now.Running,
            Submitted = now.Submitted,
            Succeeded = now.Succeeded,
            Failed = now.Failed,
            TimedOut = now.TimedOut,
            Cancelled = now.Cancelled,
            Rejected = now.Rejected,
            Retries = now.Retries,
            JobsPerSecond = _rates.Of("pool", pool.Name, ended),
            Started = now.StartedWorkers,
            Restarts = now.Restarts,
            Recycles = now.Recycles,
            Kills = now.Kills,
            StartFailures = now.StartFailures,
            StartFailure = now.StartFailure?.Message,
            Exits = meters.Exits(pool.Name),
            Quarantined = now.QuarantinedJobs,
            Wait = meters.Wait(pool.Name) is { } wait ? Histograms.Tell(wait) : null,
            Duration = meters.Duration(pool.Name) is { } duration ? Histograms.Tell(duration) : null,
        };
    }

    private static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
