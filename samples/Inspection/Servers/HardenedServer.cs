using Hardening.Camera;
using Hardening.Stalls;
using Inspection.Cameras;
using Inspection.CommandLine;
using Inspection.Measuring;
using Inspection.Work;

namespace Inspection.Servers;

/// <summary>The same job on the frame pipeline. All of the design is in the constructor.</summary>
internal sealed class HardenedServer : IInspectionServer
{
    private readonly FramePipeline _pipeline;
    private readonly ArchiveSink _archive;

    public HardenedServer(InspectionOptions options, CameraSet cameras, IReadOnlyList<CameraTally> tallies, string runId, StallWatchdog watchdog)
    {
        _archive = new ArchiveSink(runId);
        var names = cameras.Sources.Select(source => source.Name);
        var tallyOf = names.Zip(tallies).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        var pictures = new PictureBoard(names);
        var reports = new FrameResult<DefectReport>();
        var builder = new FramePipelineBuilder("inspection")
        {
            Options = new FramePipelineOptions { DrainTimeout = ServerLimits.Drain, StopTimeout = ServerLimits.Stop, MaxPoolBytes = 4L << 30 },
        };
        foreach (var source in cameras.Sources)
        {
            builder.From(source);
        }

        _pipeline = builder
            .Stage("inspect", () => new InspectStage(options.Width, options.Height, reports, pictures), options.Workers, options.Lane)
            .To("tally", (in frame, _) => tallyOf[frame.Info.Camera].Record(frame.Info, reports.Get(frame)))
            .To(_archive)
            .Build(watchdog: watchdog);
    }

    public string Name => "hardened";

    public bool IsOver => _pipeline.Completion.IsCompleted;

    public string? MustEnd => null;

    public long Archived => _archive.Archived;

    public Task StartAsync(CancellationToken cancellationToken) => _pipeline.StartAsync(cancellationToken);

    public Task StopAsync() => _pipeline.StopAsync(CancellationToken.None);

    public IReadOnlyList<CameraAccount> GetAccounts() => [.. _pipeline.GetStatistics().Cameras.Select(Account)];

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    private static CameraAccount Account(CameraStatistics camera) =>
        new(camera.Camera, camera.State.ToString(), camera.Received, camera.Processed, camera.InFlight, camera.Lost, camera.MissedInSilence,
            [.. camera.Drops.Select(drop => new DroppedFrames(drop.Edge, drop.Reason.ToString(), drop.Count))]);
}
