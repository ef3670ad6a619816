using Hardening.Camera;
using Hardening.Stalls;
using Inspection.Cameras;
using Inspection.Legacy;
using Inspection.Measuring;

namespace Inspection.Servers;

/// <summary>The original's design, driven by the comparison, which keeps it from taking the machine down: what it piles up has no bound of its own.</summary>
internal sealed class LegacyServer : IInspectionServer
{
    private const long MaxMemoryBytes = 2L << 30;
    private const int MaxArchivers = 100;

    private readonly CameraSet _cameras;
    private readonly LegacyInspectionServer _server;

    public LegacyServer(CameraSet cameras, IReadOnlyList<CameraTally> tallies, string runId, StallWatchdog watchdog)
    {
        _cameras = cameras;
        _server = new LegacyInspectionServer(cameras.Sources, (camera, in info, in report) => tallies[camera].Record(info, report), runId, watchdog);
    }

    public string Name => "legacy";

    public bool IsOver => _server.Cameras.All(camera => !camera.IsStreaming);

    public string? MustEnd =>
        Environment.WorkingSet > MaxMemoryBytes ? $"its backlog took {MaxMemoryBytes >> 30} GB of memory"
        : _server.ArchiversStarted >= MaxArchivers ? $"it had started {MaxArchivers} archive workers and ended none"
        : null;

    public long Archived => _server.Archived;

    public long NotArchived => Math.Max(_server.ArchiversStarted - _server.Archived, 0);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server.Start(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _server.Stop(ServerLimits.Drain, ServerLimits.Stop);
        return Task.CompletedTask;
    }

    public IReadOnlyList<CameraAccount> GetAccounts() => [.. _server.Cameras.Select(Account)];

    public ValueTask DisposeAsync()
    {
        foreach (var source in _cameras.Sources)
        {
            source.Dispose();
        }

        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CameraAccount Account(LegacyCameraCounters counters)
    {
        DroppedFrames[] drops =
        [
            new("capture", nameof(FrameDropReason.Incomplete), counters.Damaged),
            new("queue", nameof(FrameDropReason.Stopping), counters.DroppedStopping),
        ];
        var state = counters.Failure is not null ? nameof(CameraState.Failed) : counters.IsStreaming ? nameof(CameraState.Streaming) : nameof(CameraState.Ended);
        return new CameraAccount(
            counters.Camera, state, counters.Received, counters.Processed, counters.InFlight, counters.Lost, Missed: 0, [.. drops.Where(drop => drop.Count > 0)]);
    }
}
